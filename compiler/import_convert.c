/* import_convert.c - the operators of a graph, one after the other, become layers; names lead from
 * one to the next. An operator that cannot be said is one message, and what reads it is passed
 * over.
 */
#include <string.h>

#include "bytes.h"
#include "import_graph.h"

enum { ELEMENT_FLOAT = 1, ELEMENT_DOUBLE = 11 };

bool import_fail(const Op *op, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(op->arena, format, args);
    va_end(args);
    return diag_error(op->import->diag, bytes_span(op->arena, op->import->path), "%s: %s",
                      op->shown, text);
}

bool import_refuse(Import *import, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(import->arena, format, args);
    va_end(args);
    return diag_error(import->diag, bytes_span(import->arena, import->path), "%s", text);
}

/* The place of a name in the hash table. */
static int *slot(Import *import, const char *name)
{
    uint64_t hash = 14695981039346656037u;
    for (const char *c = name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    for (uint64_t i = hash;; i++) {
        int *at = &import->table[i % (uint64_t)import->table_size];
        if (*at == 0 || strcmp(import->values[*at - 1].name, name) == 0)
            return at;
    }
}

static Placed *value_named(Import *import, const char *name)
{
    int *at = slot(import, name);
    if (*at == 0) {
        import->values[import->value_count] = (Placed){.name = name};
        *at = ++import->value_count;
    }
    return &import->values[*at - 1];
}

static void make_table(Import *import)
{
    const Onnx__Graph *graph = import->graph;
    size_t names = graph->n_initializer + graph->n_input + graph->n_output;
    for (size_t i = 0; i < graph->n_node; i++)
        names += graph->node[i]->n_input + graph->node[i]->n_output;
    import->value_count = 0;
    import->values = ARENA_ARRAY(import->arena, names, Placed);
    import->table_size = (int)(2 * names + 1);
    import->table = ARENA_ARRAY(import->arena, import->table_size, int);
    for (size_t i = 0; i < graph->n_node; i++)
        for (size_t k = 0; k < graph->node[i]->n_input; k++)
            value_named(import, graph->node[i]->input[k])->readers++;
    for (size_t i = 0; i < graph->n_output; i++)
        value_named(import, graph->output[i]->name)->readers++;
}

static bool read_initializers(Import *import)
{
    bool ok = true;
    for (size_t i = 0; i < import->graph->n_initializer; i++) {
        const Onnx__Tensor *tensor = import->graph->initializer[i];
        Placed *value = value_named(import, tensor->name);
        if (value->readers == 0)
            continue;
        value->constant = import_tensor(import, tensor, bytes_shown(import->arena, tensor->name));
        value->known = true;
        value->broken = !value->constant;
        ok = ok && value->constant;
    }
    return ok;
}

/* Sizes of the input; an open number of samples is one. */
static bool read_input_dims(Import *import, const Onnx__ValueInfo *info, Placed *v)
{
    const Onnx__TensorType *type = info->type ? info->type->tensor_type : NULL;
    const char *name = bytes_shown(import->arena, info->name);
    int64_t count = 1;
    if (!type || !type->shape)
        return import_refuse(import, "input %s has no fixed shape; export the model with one",
                             name);
    if (type->elem_type != ELEMENT_FLOAT && type->elem_type != ELEMENT_DOUBLE)
        return import_refuse(import, "input %s does not hold float32 numbers", name);
    if (type->shape->n_dim > RANK_MOST)
        return import_refuse(import, "input %s has %zu axes; at most %d", name, type->shape->n_dim,
                             RANK_MOST);
    v->rank = (int)type->shape->n_dim;
    for (int i = 0; i < v->rank; i++) {
        v->dims[i] = type->shape->dim[i]->dim_value;
        if (v->dims[i] < 1 && i == 0)
            v->dims[i] = 1;
        if (v->dims[i] < 1)
            return import_refuse(
                import, "input %s: axis %d has no fixed size; export the model with one", name, i);
        if (!size_mul(count, v->dims[i], &count) || count > VALUES_MOST)
            return import_refuse(import, "input %s is too large", name);
    }
    return true;
}

static Shape grouped(const Placed *v, const int *axes, int count)
{
    Shape shape = {1, 1, 1, count < 1 ? 1 : count > 3 ? 3 : count};
    if (count > 0)
        shape.c = v->dims[axes[count - 1]];
    if (count > 1)
        shape.w = v->dims[axes[count - 2]];
    for (int i = 0; i < count - 2; i++)
        shape.h *= v->dims[axes[i]];
    return shape;
}

static bool read_input(Import *import)
{
    const Onnx__ValueInfo *found = NULL;
    Text others = {.arena = import->arena};
    for (size_t i = 0; i < import->graph->n_input; i++) {
        const Onnx__ValueInfo *info = import->graph->input[i];
        Placed *value = value_named(import, info->name);
        if (value->known || value->readers == 0)
            continue;
        if (found)
            text_printf(&others, ", %s", bytes_shown(import->arena, info->name));
        found = found ? found : info;
    }
    if (!found)
        return import_refuse(import, "the model has no input that anything reads");
    if (others.size > 0)
        return import_refuse(import,
                             "the model has several inputs (%s%s); a network of cnngen has one",
                             bytes_shown(import->arena, found->name), others.data);
    Placed *v = value_named(import, found->name);
    int axes[RANK_MOST], count = 0, last = import->channel_axis;
    if (!read_input_dims(import, found, v))
        return false;
    v->batch_axis = import->one_sample || v->rank < 2 ? NO_AXIS : 0;
    for (int i = 0; i < v->rank; i++)
        if (i != v->batch_axis && i != last)
            axes[count++] = i;
    if (last < v->rank && last != v->batch_axis)
        axes[count++] = last;
    import_lay_out(v, axes, count);
    v->known = true;
    v->sole = v->readers == 1;
    import_merge(import, "input", NULL, 0, grouped(v, axes, count));
    import->input = *v;
    return true;
}

/* What an operator made gets its name; further outputs must be unread. */
static bool name_outputs(Op *op, bool ok)
{
    const Onnx__Node *node = op->node;
    bool sole = true;
    for (int i = 0; ok && i < op->input_count; i++)
        if (op->inputs[i] && !op->inputs[i]->constant && op->inputs[i]->layer == op->out.layer)
            sole = op->inputs[i]->sole;
    for (size_t i = 0; i < node->n_output; i++) {
        if (*node->output[i] == '\0')
            continue;
        Placed *value = value_named(op->import, node->output[i]);
        if (value->known)
            return import_fail(op, "it makes %s again", bytes_shown(op->arena, value->name));
        if (i > 0 && value->readers > 0 && ok)
            ok = import_fail(op, "its output %s is read; only the first one is there",
                             bytes_shown(op->arena, value->name));
        const int readers = value->readers;
        const char *name = value->name;
        *value = i == 0 && ok ? op->out : (Placed){.broken = true};
        value->name = name;
        value->readers = readers;
        value->known = true;
        value->sole = readers == 1 && sole;
    }
    return ok;
}

/* Whether the inputs are there; *known: all are constants. False after a message or behind an
 * operator that has one. */
static bool take_inputs(Op *op, bool *known, bool *broken)
{
    const Onnx__Node *node = op->node;
    *known = true;
    *broken = false;
    if (node->n_input > INPUTS_MOST)
        return import_fail(op, "%zu inputs; at most %d", node->n_input, INPUTS_MOST);
    for (size_t i = 0; i < node->n_input; i++) {
        const Placed *value = NULL;
        if (*node->input[i] != '\0') {
            value = value_named(op->import, node->input[i]);
            if (!value->known)
                return import_fail(op, "nothing before it makes its input %s",
                                   bytes_shown(op->arena, value->name));
            *broken = *broken || value->broken;
            *known = *known && value->constant;
        }
        op->inputs[op->input_count++] = value;
    }
    return true;
}

static bool is_any_order(const char *type)
{
    static const char *const names[] = {"Add", "Sub", "Mul",    "Div",    "Max",
                                        "Min", "Sum", "MatMul", "Concat", "Gather"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(type, names[i]) == 0)
            return true;
    return false;
}

static bool run_operator(Op *op, Operator *operator, bool folds)
{
    bool known, broken;
    if (!take_inputs(op, &known, &broken) || broken)
        return false;
    if (op->node->n_output == 0)
        return import_fail(op, "it has no output");
    if (op->input_count > 0 &&
        (!op->inputs[0] || (op->inputs[0]->constant && !known && !is_any_order(op->node->op_type))))
        return import_fail(op, "its first input must be computed by the network");
    if ((known && !folds) || (op->input_count == 0 && operator!= import_constant_op))
        return import_fail(op, "it works on constants alone; simplify the model before");
    if (!operator(op))
        return false;
    int64_t count = 1;
    for (int i = 0; i < op->out.rank; i++)
        if (!size_mul(count, op->out.dims[i], &count) || count > VALUES_MOST)
            return import_fail(op, "its output is too large");
    return true;
}

static const char *node_shown(Import *import, const Onnx__Node *node, size_t number)
{
    const char *type = bytes_shown(import->arena, node->op_type);
    const char *domain =
        *node->domain && strcmp(node->domain, "ai.onnx") != 0
            ? arena_printf(import->arena, "%s.", bytes_shown(import->arena, node->domain))
            : "";
    return *node->name ? arena_printf(import->arena, "%s (%s%s)",
                                      bytes_shown(import->arena, node->name), domain, type)
                       : arena_printf(import->arena, "node %zu (%s%s)", number + 1, domain, type);
}

bool import_convert(Import *import)
{
    const Onnx__Graph *graph = import->graph;
    bool ok = true;
    make_table(import);
    ok &= read_initializers(import);
    if (!read_input(import))
        return false;
    for (size_t i = 0; i < graph->n_node; i++) {
        const char *advice = NULL;
        bool folds = false;
        Op op = {.import = import,
                 .arena = import->arena,
                 .node = graph->node[i],
                 .shown = node_shown(import, graph->node[i], i)};
        Operator *operator= import_operator(op.node, &advice, &folds);
        const bool good = operator? run_operator(&op, operator, folds)
                                  : import_fail(&op, "%s", advice);
        ok = name_outputs(&op, good) && ok;
    }
    if (graph->n_output != 1)
        return import_refuse(import, "the model has %zu outputs; a network of cnngen has one",
                             graph->n_output);
    const Placed *output = value_named(import, graph->output[0]->name);
    if (!output->known)
        return import_refuse(import, "nothing makes the output %s",
                             bytes_shown(import->arena, output->name));
    if (ok && output->constant)
        return import_refuse(import, "the output is a constant");
    import->output = (int)(output - import->values);
    return ok;
}
