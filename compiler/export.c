/* export.c - a Graph as templates/export_*.py.t see it: every node with its options, one tree of
 * plain values, the same for every layer kind. What the two frameworks call things is Lua
 * (templates/export_*.lua); here is only what they cannot do. */
#include "export.h"

#include <string.h>

#include "check.h"
#include "graph_value.h"
#include "render.h"
#include "version.h"

static void set_window(Arena *arena, Value *table, const Node *node)
{
    const Window *w = &node->window;
    value_set(arena, table, "padding", graph_padding_value(arena, w->padding));
    value_set(arena, table, "kernel", graph_size_value(arena, w->kernel));
    value_set(arena, table, "stride", graph_size_value(arena, w->stride));
    value_set(arena, table, "dilation", graph_size_value(arena, w->dilation));
    value_set(arena, table, "output_padding", graph_size_value(arena, node->output_padding));
    value_set_bool(arena, table, "same", w->same);
}

static Value *tensor_value(Arena *arena, const Tensor *tensor)
{
    static const char *const kinds[] = {"glorot_uniform", "he_normal", "he_uniform", "constant",
                                        "fixed"};
    Value *table = graph_tensor_value(arena, tensor);
    value_set_string(arena, table, "init", kinds[tensor->init.kind]);
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
    value_set_string(arena, table, "name", node->name);
    value_set_string(arena, table, "kind", node->kind->name);
    value_set(arena, table, "x", graph_shape_value(arena, node->in));
    value_set(arena, table, "y", graph_shape_value(arena, node->out));
    set_window(arena, table, node);
    value_set_int(arena, table, "filters", node->filters);
    value_set_int(arena, table, "groups", node->groups);
    value_set_int(arena, table, "multiplier", node->multiplier);
    value_set_bool(arena, table, "bias", node->bias);
    value_set_bool(arena, table, "trainable", node->trainable);
    value_set_bool(arena, table, "count_padding", node->count_padding);
    value_set_bool(arena, table, "keepdims", node->keepdims);
    value_set(arena, table, "factor", graph_size_value(arena, node->factor));
    value_set_bool(arena, table, "bilinear", node->bilinear);
    value_set_int(arena, table, "block", node->block);
    value_set_number(arena, table, "rate", node->rate);
    value_set_string(arena, table, "activation", node->activation->name);
    value_set_number(arena, table, "alpha", node->alpha);
    value_set_number(arena, table, "momentum", node->momentum);
    value_set_number(arena, table, "epsilon", node->epsilon);
    value_set_bool(arena, table, "center", node->center);
    value_set_bool(arena, table, "scale", node->scale);
    value_set_int(arena, table, "params", node->params.value);
    return table;
}

static Value *graph_value(Arena *arena, const Graph *graph)
{
    Value *table = value_table(arena), *layers = value_table(arena);
    const char *slash = strrchr(graph->source->path, '/');
    for (int i = 1; i < graph->node_count; i++)
        value_add(arena, layers, layer_value(arena, graph, &graph->nodes[i]));
    value_set(arena, table, "layers", layers);
    value_set_string(arena, table, "name", graph->name);
    value_set_string(arena, table, "spec", slash ? slash + 1 : graph->source->path);
    value_set_string(arena, table, "version", CNNGEN_VERSION);
    value_set(arena, table, "input", graph_shape_value(arena, graph->nodes[0].out));
    value_set_bool(arena, table, "planar", graph->planar);
    value_set(arena, table, "output",
              graph_shape_value(arena, graph->nodes[graph->node_count - 1].out));
    value_set_string(arena, table, "loss", loss_name(graph->loss));
    value_set_number(arena, table, "huber_delta", graph->huber_delta);
    value_set(arena, table, "optimizer", graph_optimizer_value(arena, &graph->optimizer));
    value_set_int(arena, table, "param_count", graph->param_count);
    value_set_int(arena, table, "trainable_count", graph->trainable_count);
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
