/* naming.c - names and axis orders of PyTorch and Keras. */
#include "naming.h"

#include <string.h>

#include "layer.h"

const char *naming_torch(const char *name)
{
    static const char *const pairs[][2] = {{"kernel", "weight"},
                                           {"gamma", "weight"},
                                           {"alpha", "weight"},
                                           {"beta", "bias"},
                                           {"moving_mean", "running_mean"},
                                           {"moving_variance", "running_var"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(pairs[i][0], name) == 0)
            return pairs[i][1];
    return NULL;
}

const char *naming_keras(Arena *arena, const Graph *graph, const Node *node, const bool *except)
{
    const char *kind = node->kind->keras ? node->kind->keras : node->kind->name;
    int before = 0;
    for (int i = 0; i < node->index; i++)
        before += graph->nodes[i].kind == node->kind && !(except && except[i]);
    return before == 0 ? kind : arena_printf(arena, "%s_%d", kind, before);
}

static bool is_depthwise_kernel(const Node *node, const Tensor *tensor)
{
    return tensor->rank > 1 &&
           (node->kind == &layer_depthwise_conv2d || node->kind == &layer_depthwise_conv1d);
}

/* (s.., in, out) is (out, in, s..) in PyTorch; a depthwise kernel has one input for each output,
 * (s.., channels, multiplier) is (channels * multiplier, 1, s..). Keras keeps slopes below zero as
 * (1, 1, channels). */
int naming_dims(Names names, const Node *node, const Tensor *tensor, int64_t *dims)
{
    const int rank = tensor->rank;
    if (names == NAMES_KERAS && strcmp(tensor->name, "alpha") == 0) {
        for (int i = 0; i < node->in.rank; i++)
            dims[i] = i + 1 < node->in.rank ? 1 : tensor->count;
        return node->in.rank;
    }
    if (names != NAMES_TORCH || rank == 1) {
        memcpy(dims, tensor->dims, (size_t)rank * sizeof *dims);
        return rank;
    }
    const bool depthwise = is_depthwise_kernel(node, tensor);
    const int64_t last = tensor->dims[rank - 1], before = tensor->dims[rank - 2];
    dims[0] = depthwise ? before * last : last;
    dims[1] = depthwise ? 1 : before;
    for (int i = 2; i < rank; i++)
        dims[i] = tensor->dims[i - 2];
    return rank;
}

/* Whether every value of the output stands where the input had the one it is made of. */
static bool keeps_places(const LayerKind *kind)
{
    return kind && (kind->role == ROLE_ACTIVATION ||
                    (kind->recipe && (kind->recipe->in_place || kind->recipe->only_training)));
}

/* The picture whose values, flattened, are the input of the node; 1x1xn when they never were one.
 */
static Shape flattened_from(const Graph *graph, const Node *node)
{
    while (node->input_count == 1) {
        node = &graph->nodes[node->inputs[0]];
        if (node->kind && strcmp(node->kind->name, "flatten") == 0)
            return node->in;
        if (!keeps_places(node->kind))
            break;
    }
    return (Shape){.h = 1, .w = 1, .c = node->out.c, .rank = 1};
}

/* A norm has one row, a value for each cell. A transposed convolution's (spatial, out, in) turns
 * the same axes. */
TorchOrder naming_torch_order(const Graph *graph, const Node *node, const Tensor *tensor)
{
    const bool row = tensor->rank == 1, depthwise = is_depthwise_kernel(node, tensor);
    TorchOrder order = {.spatial = 1, .in = tensor->count, .out = 1};
    for (int i = 0; i + 2 < tensor->rank; i++)
        order.spatial *= tensor->dims[i];
    if (!row) {
        order.out = depthwise ? tensor->count / order.spatial : tensor->dims[tensor->rank - 1];
        order.in = tensor->count / (order.spatial * order.out);
    }
    const Shape flat = flattened_from(graph, node);
    if (tensor->rank <= 2 && shape_count(flat) == order.in)
        order.flat = flat;
    return order;
}

int64_t naming_torch_place(const TorchOrder *order, int64_t i)
{
    const int64_t o = i % order->out, s = i / order->out / order->in;
    const Shape flat = order->flat;
    int64_t row = i / order->out % order->in;
    if (flat.c > 0)
        row = row % flat.c * (flat.h * flat.w) + row / flat.c;
    return (o * order->in + row) * order->spatial + s;
}
