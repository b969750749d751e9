/* graph.c - Model → Graph: runs every check there is, in the order of the layers.
 *
 * A layer that fails leaves its output shape unknown (c = 0). Later layers still have their options
 * checked, but not their shapes, until one knows its output again without its input (dense does):
 * one mistake gives one message, and all mistakes are reported. */
#include <inttypes.h>
#include <string.h>

#include "identifier.h"
#include "walk.h"

int64_t shape_count(Shape shape)
{
    return shape.h * shape.w * shape.c;
}

char *shape_text(Arena *arena, Shape s)
{
    if (s.rank == 3)
        return arena_printf(arena, "%" PRId64 "x%" PRId64 "x%" PRId64, s.h, s.w, s.c);
    if (s.rank == 2)
        return arena_printf(arena, "%" PRId64 "x%" PRId64, s.w, s.c);
    return arena_printf(arena, "%" PRId64, s.c);
}

static const LayerKind *const kinds[] = {
#define LAYER(name) &layer_##name,
#include "layers.def"
#undef LAYER
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

static const LayerKind layer_input = {.name = "input", .prefix = "input", .dims = ANY_DIMS};

const LayerKind *layer_find(const char *name)
{
    for (int i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

const char *const *graph_constructors(void)
{
    static const char *const names[] = {
#define LAYER(name) #name,
#include "layers.def"
#undef LAYER
        "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", NULL};
    return names;
}

const char *graph_read_name(Check *check, const char *who, const Value *call)
{
    const Value *name = value_get(call, "name");
    if (!name)
        return NULL;
    if (name->type != VALUE_STRING)
        diag_error(check->diag, name->span, "%s: name must be a string, not %s", who,
                   value_type_name(name));
    else if (!is_identifier(name->string))
        diag_error(check->diag, name->span,
                   "%s: name \"%s\" cannot be part of a C name (letters, digits and _, a letter "
                   "first, at most 64, no word or macro of C or C++)",
                   who, name->string);
    else
        return name->string;
    return NULL;
}

static void add_input(Check *check, const Value *root)
{
    static const Option option = {
        .name = "input", .type = OPTION_SHAPE, .offset = offsetof(Node, out)};
    const Value *input = value_get(root, "input");
    Node *node = &check->graph->nodes[check->graph->node_count++];
    *node = (Node){.kind = &layer_input,
                   .name = "input",
                   .span = input ? input->span : root->span,
                   .call = root,
                   .window = {.kernel = {1, 1}, .stride = {1, 1}, .dilation = {1, 1}},
                   .groups = 1,
                   .activation = activation_find("linear")};
    if (!input) {
        diag_error(check->diag, root->span,
                   "the model has no input; write for example input = \"28x28x1\"");
        return;
    }
    int64_t count;
    if (check_option(check, "model", &option, input, node, 2) &&
        (!size_mul(node->out.h, node->out.w, &count) || !size_mul(count, node->out.c, &count) ||
         count > INT32_MAX)) {
        diag_error(check->diag, input->span, "model: the input has more than %d values", INT32_MAX);
        node->out = (Shape){0};
    }
    node->in = node->out;
}

/* All that is kept for a batch must be addressable; 2^40 floats are far beyond any machine this is
 * for. */
static void check_total(Check *check, const Value *root)
{
    const Graph *graph = check->graph;
    int64_t total = 0;
    for (int i = 0; i < graph->node_count; i++) {
        const Padding p = graph->nodes[i].window.padding;
        const Shape in = graph->nodes[i].in;
        int64_t halo; /* the input with its border of zeros is kept, too */
        if (!size_mul(in.h + p.top + p.bottom, in.w + p.left + p.right, &halo) ||
            !size_mul(halo, in.c, &halo) || halo > INT32_MAX) {
            diag_error(check->diag, graph->nodes[i].span,
                       "%s: its input with padding has more than %d values", graph->nodes[i].name,
                       INT32_MAX);
            return;
        }
        total += shape_count(graph->nodes[i].out) + halo;
    }
    if (!size_mul(total, graph->batch, &total) || total > INT64_C(1) << 40)
        diag_error(check->diag,
                   value_get(root, "batch") ? value_get(root, "batch")->span : root->span,
                   "model: a batch of %" PRId64 " needs more than 2^40 values", graph->batch);
}

/* model_options.c */
void graph_model_options(Check *check, const Value *root);

Graph *graph_build(Arena *arena, Diag *diag, const Model *model, int64_t batch)
{
    const Value *root = model->root;
    Graph *graph = ARENA_NEW(arena, Graph);
    Check check = {arena, diag, graph};
    const int before = diag->errors;
    graph->source = model->source;
    graph->name = graph_read_name(&check, "model", root);
    if (!graph->name)
        graph->name = model->name;
    if (strcmp(graph->name, "cnn") == 0)
        diag_error(diag, value_get(root, "name") ? value_get(root, "name")->span : root->span,
                   "model: the name \"cnn\" is the runtime's; give it another, name = \"...\"");
    graph->nodes = ARENA_ARRAY(arena, 1, Node);
    add_input(&check, root);
    walk_model(&check, root);
    graph_model_options(&check, root);
    if (batch > 0)
        graph->batch = batch;
    if (diag->errors == before)
        check_total(&check, root);
    return diag->errors == before ? graph : NULL;
}

/* No such layer: a message with the nearest name. */
static Graph *no_layer(Arena *arena, Diag *diag, const Graph *graph, const char *layer)
{
    const char **names = ARENA_ARRAY(arena, graph->node_count, const char *);
    for (int i = 1; i < graph->node_count; i++)
        names[i - 1] = graph->nodes[i].name;
    const char *near = layer ? nearest_name(layer, names) : NULL;
    if (layer)
        diag_usage(diag, "%s has no layer '%s'%s%s%s", graph->name, layer,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    else
        diag_usage(diag, "%s has no convolution to show", graph->name);
    return NULL;
}

Graph *graph_until(Arena *arena, Diag *diag, const Graph *graph, const char *layer)
{
    int last = 1;
    while (last < graph->node_count &&
           (layer ? strcmp(graph->nodes[last].name, layer) != 0
                  : strcmp(graph->nodes[last].kind->prefix, "conv") != 0))
        last++;
    if (last == graph->node_count)
        return no_layer(arena, diag, graph, layer);
    Graph *cut = ARENA_NEW(arena, Graph);
    *cut = *graph;
    cut->node_count = last + 1;
    cut->loss = LOSS_MSE; /* the one that fits any output */
    cut->param_count = cut->trainable_count = cut->macs = 0;
    Check check = {arena, diag, cut};
    for (int i = 1; i <= last; i++)
        graph_add_costs(&check, &cut->nodes[i]);
    return cut;
}

int graph_tensors(Arena *arena, const Graph *graph, const Tensor ***out)
{
    int count = 0;
    *out = ARENA_ARRAY(arena, graph->node_count * NODE_TENSORS, const Tensor *);
    for (int i = 0; i < graph->node_count; i++)
        for (int t = 0; t < graph->nodes[i].tensor_count; t++)
            (*out)[count++] = &graph->nodes[i].tensors[t];
    return count;
}
