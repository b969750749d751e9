/* import.c - an ONNX file → layers → the text of a spec, which is then read as any other, so that
 * its weights go where the spec says.
 *
 * Which axis of the input is that of the samples and which one the channels, the file does not say.
 * Usually these are the first and the second; where the model does not fit that, others are tried.
 */
#include "import.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "host.h"
#include "import_graph.h"
#include "layer.h"
#include "weights.h"

enum { NODES_MOST = 20000, ELEMENT_FLOAT = 1, ELEMENT_DOUBLE = 11 };

static void *allocate(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void release(void *arena, void *memory)
{
    (void)arena; /* the arena goes as a whole */
    (void)memory;
}

bool import_fail(const Op *op, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(op->arena, format, args);
    va_end(args);
    return diag_error(op->import->diag, bytes_span(op->arena, op->import->path), "%s: %s",
                      op->shown, text);
}

static bool fail(Import *import, const char *format, ...) PRINTF_LIKE(2, 3);
static bool fail(Import *import, const char *format, ...)
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
        return fail(import, "input %s has no fixed shape; export the model with one", name);
    if (type->elem_type != ELEMENT_FLOAT && type->elem_type != ELEMENT_DOUBLE)
        return fail(import, "input %s does not hold float32 numbers", name);
    if (type->shape->n_dim > RANK_MOST)
        return fail(import, "input %s has %zu axes; at most %d", name, type->shape->n_dim, RANK_MOST);
    v->rank = (int)type->shape->n_dim;
    for (int i = 0; i < v->rank; i++) {
        v->dims[i] = type->shape->dim[i]->dim_value;
        if (v->dims[i] < 1 && i == 0)
            v->dims[i] = 1;
        if (v->dims[i] < 1)
            return fail(import, "input %s: axis %d has no fixed size; export the model with one",
                        name, i);
        if (!size_mul(count, v->dims[i], &count) || count > VALUES_MOST)
            return fail(import, "input %s is too large", name);
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
        return fail(import, "the model has no input that anything reads");
    if (others.size > 0)
        return fail(import, "the model has several inputs (%s%s); a network of cnngen has one",
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
    static const char *const names[] = {"Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "MatMul",
                                        "Concat", "Gather"};
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
    if (op->input_count > 0 && (!op->inputs[0] || (op->inputs[0]->constant && !known &&
                                                   !is_any_order(op->node->op_type))))
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
    const char *domain = *node->domain && strcmp(node->domain, "ai.onnx") != 0
                             ? arena_printf(import->arena, "%s.", bytes_shown(import->arena, node->domain))
                             : "";
    return *node->name ? arena_printf(import->arena, "%s (%s%s)",
                                      bytes_shown(import->arena, node->name), domain, type)
                       : arena_printf(import->arena, "node %zu (%s%s)", number + 1, domain, type);
}

static bool convert(Import *import)
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
        Op op = {.import = import, .arena = import->arena, .node = graph->node[i],
                 .shown = node_shown(import, graph->node[i], i)};
        Operator *operator = import_operator(op.node, &advice, &folds);
        const bool good =
            operator ? run_operator(&op, operator, folds)
                     : import_fail(&op, "%s", advice);
        ok = name_outputs(&op, good) && ok;
    }
    if (graph->n_output != 1)
        return fail(import, "the model has %zu outputs; a network of cnngen has one",
                    graph->n_output);
    const Placed *output = value_named(import, graph->output[0]->name);
    if (!output->known)
        return fail(import, "nothing makes the output %s",
                    bytes_shown(import->arena, output->name));
    if (ok && output->constant)
        return fail(import, "the output is a constant");
    import->output = (int)(output - import->values);
    return ok;
}

/* Weights by the spec's own order; the layers must be those that import meant. */
static float *place_weights(Import *import, const Graph *graph)
{
    float *values = ARENA_ARRAY(import->arena, graph->param_count, float), *to = values;
    bool ok = graph->node_count == import->order_count + 1;
    for (int i = 0; ok && i < import->order_count; i++) {
        const ImportLayer *layer = &import->layers[import->order[i]];
        const Node *node = &graph->nodes[i + 1];
        ok = strcmp(node->kind->name, layer->call) == 0 && node->tensor_count == layer->weight_count &&
             node->out.h == layer->out.h && node->out.w == layer->out.w &&
             node->out.c == layer->out.c && node->out.rank == layer->out.rank;
        for (int k = 0; ok && k < node->tensor_count; k++) {
            const Weights *w = &layer->weights[k];
            ok = w->count == node->tensors[k].count && strcmp(w->tensor, node->tensors[k].name) == 0;
            for (int64_t n = 0; ok && n < w->count; n++)
                *to++ = (float)w->values[n];
        }
        if (!ok)
            fail(import, "%s became %s, %s, not %s: a mistake in import", layer->name, node->kind->name,
                 shape_text(import->arena, node->out), shape_text(import->arena, layer->out));
    }
    return ok ? values : NULL;
}

typedef struct {
    const char *spec, *weights; /* paths */
    Text text, data;
} Result;

static bool attempt(Import *import, Result *result)
{
    Arena *arena = import->arena;
    const char *slash = strrchr(result->spec, '/'), *other = strrchr(result->weights, '/');
    if (!convert(import))
        return false;
    if (import->values[import->output].layer == 0) /* nothing but views: one that changes nothing */
        import->values[import->output].layer =
            import_add(import, "reshape",
                       arena_printf(arena, "\"%s\"", shape_text(arena, import->layers[0].out)), 0,
                       import->layers[0].out);
    const char *text = import_text(import, slash ? slash + 1 : result->spec,
                                   other ? other + 1 : result->weights);
    if (!text)
        return fail(import, "its branches lie too deep in each other");
    Source *source = ARENA_NEW(arena, Source);
    *source = (Source){.path = result->spec, .text = text, .size = strlen(text)};
    Model *model = spec_load(arena, import->diag, source, NULL, 0, graph_constructors());
    Graph *graph = model ? graph_build(arena, import->diag, model, 0) : NULL;
    if (!graph || import->diag->errors > 0)
        return false;
    const float *values = place_weights(import, graph);
    if (!values)
        return false;
    if (import->logarithm)
        diag_warning(import->diag, bytes_span(arena, import->path),
                     "LogSoftmax became softmax: the output is its exponential");
    result->text = result->data = (Text){.arena = arena};
    text_string(&result->text, text);
    weights_encode(&result->data, graph, values);
    return true;
}

/* The usual places of samples and channels, then all others. */
static bool try_layouts(Import *start, Result *result)
{
    const Diag clean = *start->diag;
    Import import = *start;
    import.channel_axis = 1;
    if (attempt(&import, result))
        return true;
    const Diag first = *start->diag;
    for (int one = 0; one < 2; one++)
        for (int axis = import.input.rank - 1; axis >= !one; axis--) {
            if (axis == 1 && !one)
                continue;
            *start->diag = clean;
            import = *start;
            import.channel_axis = axis;
            import.one_sample = one;
            if (attempt(&import, result))
                return true;
        }
    *start->diag = first;
    return false;
}

static bool read_model(Import *import, const Source *source)
{
    ProtobufCAllocator allocator = {allocate, release, import->arena};
    const Onnx__Model *model =
        onnx__model__unpack(&allocator, source->size, (const uint8_t *)source->text);
    if (!model)
        return fail(import, "not an ONNX file, or a truncated one");
    if (!model->graph || model->graph->n_node == 0)
        return fail(import, "not an ONNX model: it has no graph");
    if (model->graph->n_node > NODES_MOST)
        return fail(import, "%zu nodes; at most %d", model->graph->n_node, NODES_MOST);
    import->graph = model->graph;
    import->opset = 1;
    for (size_t i = 0; i < model->n_opset_import; i++)
        if (*model->opset_import[i]->domain == '\0' ||
            strcmp(model->opset_import[i]->domain, "ai.onnx") == 0)
            import->opset = model->opset_import[i]->version;
    return true;
}

bool import_onnx(Arena *arena, Diag *diag, const char *path, const char *output)
{
    const size_t size = strlen(output);
    if (size < 5 || strcmp(output + size - 4, ".lua") != 0)
        return diag_usage(diag, "-o must name a .lua file, not '%s'", output);
    Import import = {.arena = arena, .diag = diag, .path = path};
    Result result = {.spec = output};
    result.weights = arena_printf(arena, "%.*s.safetensors", (int)size - 4, output);
    const Source *source = host_read(arena, diag, path, 0);
    return source && read_model(&import, source) && try_layouts(&import, &result) &&
           host_write(diag, output, result.text.data, result.text.size) &&
           host_write(diag, result.weights, result.data.data, result.data.size);
}
