/* export.c - a Graph as templates/export_*.py.t see it: every node with its options, one tree of
 * plain values, the same for every layer kind. What the two frameworks call things is Lua
 * (templates/export_*.lua); here is only what they cannot do. */
#include "export.h"

#include <math.h>
#include <string.h>

#include "check.h"
#include "render.h"
#include "version.h"

static void set_int(Arena *arena, Value *table, const char *name, int64_t number)
{
    value_set(arena, table, name, value_int(arena, number));
}

static void set_bool(Arena *arena, Value *table, const char *name, bool flag)
{
    value_set(arena, table, name, value_bool(arena, flag));
}

static void set_number(Arena *arena, Value *table, const char *name, double number)
{
    value_set(arena, table, name, value_number(arena, number));
}

static void set_string(Arena *arena, Value *table, const char *name, const char *text)
{
    value_set(arena, table, name, value_string(arena, text));
}

static Value *size_value(Arena *arena, Size size)
{
    Value *table = value_table(arena);
    set_int(arena, table, "h", size.h);
    set_int(arena, table, "w", size.w);
    return table;
}

static Value *shape_value(Arena *arena, Shape shape)
{
    Value *table = size_value(arena, (Size){shape.h, shape.w});
    set_int(arena, table, "c", shape.c);
    set_int(arena, table, "rank", shape.rank);
    set_int(arena, table, "count", shape_count(shape));
    set_string(arena, table, "text", shape_text(arena, shape));
    return table;
}

static void set_window(Arena *arena, Value *table, const Node *node)
{
    const Window *w = &node->window;
    Value *padding = value_table(arena);
    set_int(arena, padding, "top", w->padding.top);
    set_int(arena, padding, "bottom", w->padding.bottom);
    set_int(arena, padding, "left", w->padding.left);
    set_int(arena, padding, "right", w->padding.right);
    value_set(arena, table, "padding", padding);
    value_set(arena, table, "kernel", size_value(arena, w->kernel));
    value_set(arena, table, "stride", size_value(arena, w->stride));
    value_set(arena, table, "dilation", size_value(arena, w->dilation));
    value_set(arena, table, "output_padding", size_value(arena, node->output_padding));
    set_bool(arena, table, "same", w->same);
}

/* The range of uniform initial values, the deviation of normal ones, or the constant. */
static double init_scale(const Tensor *tensor)
{
    switch (tensor->init.kind) {
    case INIT_GLOROT_UNIFORM:
        return sqrt(6.0 / (double)(tensor->fan_in + tensor->fan_out));
    case INIT_HE_UNIFORM:
        return sqrt(6.0 / (double)tensor->fan_in);
    case INIT_HE_NORMAL:
        return sqrt(2.0 / (double)tensor->fan_in);
    default:
        return tensor->init.constant;
    }
}

static Value *tensor_value(Arena *arena, const Tensor *tensor)
{
    static const char *const kinds[] = {"glorot_uniform", "he_normal", "he_uniform", "constant",
                                        "fixed"};
    Value *table = value_table(arena), *dims = value_table(arena);
    for (int i = 0; i < tensor->rank; i++)
        value_add(arena, dims, value_int(arena, tensor->dims[i]));
    value_set(arena, table, "dims", dims);
    set_string(arena, table, "name", tensor->name);
    set_string(arena, table, "init", kinds[tensor->init.kind]);
    set_number(arena, table, "scale", init_scale(tensor));
    if (tensor->init.kind == INIT_FIXED) {
        Value *values = value_table(arena);
        for (int64_t i = 0; i < tensor->count; i++)
            value_add(arena, values, value_number(arena, tensor->init.values[i]));
        value_set(arena, table, "values", values);
    }
    return table;
}

static Value *layer_value(Arena *arena, const Graph *graph, const Node *node)
{
    Value *table = value_table(arena), *inputs = value_table(arena), *tensors = value_table(arena);
    for (int i = 0; i < node->input_count; i++) /* 0: the network's input, 1: its first layer */
        value_add(arena, inputs, value_int(arena, graph->nodes[node->inputs[i]].index));
    for (int i = 0; i < node->tensor_count; i++)
        value_add(arena, tensors, tensor_value(arena, &node->tensors[i]));
    value_set(arena, table, "inputs", inputs);
    value_set(arena, table, "tensors", tensors);
    set_string(arena, table, "name", node->name);
    set_string(arena, table, "kind", node->kind->name);
    value_set(arena, table, "x", shape_value(arena, node->in));
    value_set(arena, table, "y", shape_value(arena, node->out));
    set_window(arena, table, node);
    set_int(arena, table, "filters", node->filters);
    set_int(arena, table, "groups", node->groups);
    set_int(arena, table, "multiplier", node->multiplier);
    set_bool(arena, table, "bias", node->bias);
    set_bool(arena, table, "trainable", node->trainable);
    set_bool(arena, table, "count_padding", node->count_padding);
    set_bool(arena, table, "keepdims", node->keepdims);
    value_set(arena, table, "factor", size_value(arena, node->factor));
    set_bool(arena, table, "bilinear", node->bilinear);
    set_int(arena, table, "block", node->block);
    set_number(arena, table, "rate", node->rate);
    set_string(arena, table, "activation", node->activation->name);
    set_number(arena, table, "alpha", node->alpha);
    set_number(arena, table, "momentum", node->momentum);
    set_number(arena, table, "epsilon", node->epsilon);
    set_bool(arena, table, "center", node->center);
    set_bool(arena, table, "scale", node->scale);
    set_int(arena, table, "params", node->params.value);
    return table;
}

static Value *optimizer_value(Arena *arena, const Optimizer *o)
{
    Value *table = value_table(arena);
    set_string(arena, table, "name", optimizer_name(o->kind));
    set_number(arena, table, "lr", o->lr);
    set_number(arena, table, "momentum", o->momentum);
    set_number(arena, table, "rho", o->rho);
    set_number(arena, table, "beta1", o->beta1);
    set_number(arena, table, "beta2", o->beta2);
    set_number(arena, table, "epsilon", o->epsilon);
    set_number(arena, table, "weight_decay", o->weight_decay);
    set_number(arena, table, "clip_norm", o->clip_norm);
    return table;
}

static Value *graph_value(Arena *arena, const Graph *graph)
{
    Value *table = value_table(arena), *layers = value_table(arena);
    const char *slash = strrchr(graph->source->path, '/');
    for (int i = 1; i < graph->node_count; i++)
        value_add(arena, layers, layer_value(arena, graph, &graph->nodes[i]));
    value_set(arena, table, "layers", layers);
    set_string(arena, table, "name", graph->name);
    set_string(arena, table, "spec", slash ? slash + 1 : graph->source->path);
    set_string(arena, table, "version", CNNGEN_VERSION);
    value_set(arena, table, "input", shape_value(arena, graph->nodes[0].out));
    value_set(arena, table, "output", shape_value(arena, graph->nodes[graph->node_count - 1].out));
    set_string(arena, table, "loss", loss_name(graph->loss));
    set_number(arena, table, "huber_delta", graph->huber_delta);
    value_set(arena, table, "optimizer", optimizer_value(arena, &graph->optimizer));
    set_int(arena, table, "param_count", graph->param_count);
    set_int(arena, table, "trainable_count", graph->trainable_count);
    return table;
}

/* Keras' layers refuse a stride together with a dilation. A convolution can leave out pixels
 * afterwards; a transposed one has no such way. */
static void check_keras_layer(Diag *diag, const Node *node)
{
    const Window *w = &node->window;
    if (strncmp(node->kind->name, "conv", 4) == 0 && strstr(node->kind->name, "_transpose") &&
        (w->stride.h > 1 || w->stride.w > 1) && (w->dilation.h > 1 || w->dilation.w > 1)) {
        diag_error(diag, check_place(node, "dilation"),
                   "%s: a transposed convolution in Keras has a stride or a dilation, not both",
                   node->name);
        diag_note(diag, "--framework torch has both");
    }
}

/* Keras' decay is never part of the gradient. For sgd that is the same, and so is that of adamw. */
static void check_keras_optimizer(Diag *diag, const Graph *graph)
{
    const Optimizer *o = &graph->optimizer;
    if (o->weight_decay == 0 || o->kind == OPTIMIZER_SGD || o->kind == OPTIMIZER_ADAMW)
        return;
    diag_error(diag, o->span,
               "model: weight_decay of %s adds to the gradient, which that of Keras does not",
               optimizer_name(o->kind));
    diag_note(diag, "sgd and adamw decay in Keras as here; --framework torch has them all");
}

char *export_python(Arena *arena, Diag *diag, const Graph *graph, Framework framework,
                    const char *templates)
{
    static const char *const names[] = {"export_torch.py.t", "export_keras.py.t"};
    const int before = diag->errors;
    const char *const *functions;
    if (framework == FRAMEWORK_KERAS) {
        for (int i = 1; i < graph->node_count; i++)
            check_keras_layer(diag, &graph->nodes[i]);
        check_keras_optimizer(diag, graph);
    }
    if (diag->errors > before)
        return NULL;
    const Rendering rendering = {templates, graph_value(arena, graph)};
    return render_template(arena, diag, &rendering, names[framework], &functions);
}
