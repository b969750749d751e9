/* import_norm.c - norms: of the batch, of groups of channels, of the channels of a pixel. */
#include "import_graph.h"

#include <string.h>

/* The inputs behind the first as the tensors of these names, a value for each of `count` channels;
 * channel k stands at places[k]. */
static bool set_tensors(Op *op, int layer, const char *const *names, int tensors,
                        const int64_t *places, int64_t count)
{
    for (int i = 0; i < tensors; i++) {
        const Constant *c = import_input_constant(op, i + 1);
        double *values = ARENA_ARRAY(op->arena, count, double);
        if (!c || c->count != count)
            return import_fail(op, "its %s is not %lld numbers in the file", names[i],
                               (long long)count);
        for (int64_t k = 0; k < count; k++)
            values[places[k]] = c->values[k];
        import_weights(op->import, layer, names[i], values, count);
    }
    return true;
}

bool import_norm(Op *op)
{
    static const char *const tensors[] = {"gamma", "beta", "moving_mean", "moving_variance"};
    const Placed *in = op->inputs[0];
    if (import_int(op, "training_mode", 0))
        return import_fail(op, "a norm in training mode; export the model for inference");
    if (in->rank < 2)
        return import_fail(op, "its input has no channels");
    const int64_t count = in->dims[1], *places = import_places(op->arena, in, 1);
    for (int64_t i = 0; i < count; i++)
        if (places[i] >= count || in->batch_axis == 1)
            return import_fail(op, "its channels do not lie side by side: its input is turned");
    const int from = import_with_channels(op, in, count);
    Text text = {.arena = op->arena};
    text_printf(&text, "epsilon = %s, momentum = %s",
                import_number(op->arena, import_float(op, "epsilon", 1e-5)),
                import_number(op->arena, import_float(op, "momentum", 0.9)));
    const int layer =
        import_add(op->import, "batch_norm", text.data, from, op->import->layers[from].out);
    return set_tensors(op, layer, tensors, 4, places, count) && import_same_out(op, in, layer);
}

/* InstanceNormalization and GroupNormalization, whose scale and shift are for each channel or, in
 * older files, for each group. */
bool import_group_norm(Op *op)
{
    static const char *const tensors[] = {"gamma", "beta"};
    const bool instance = strcmp(op->node->op_type, "InstanceNormalization") == 0;
    int from;
    Shape shape;
    if (!import_as_image(op, op->inputs[0], &from, &shape))
        return false;
    const int64_t groups = instance ? shape.c : import_int(op, "num_groups", 0);
    if (groups < 1 || shape.c % groups != 0)
        return import_fail(op, "%lld channels do not make %lld groups", (long long)shape.c,
                           (long long)groups);
    Text text = {.arena = op->arena};
    if (!instance)
        text_printf(&text, "%lld, ", (long long)groups);
    text_printf(&text, "epsilon = %s", import_number(op->arena, import_float(op, "epsilon", 1e-5)));
    const int layer =
        import_add(op->import, instance ? "instance_norm" : "group_norm", text.data, from, shape);
    for (int i = 0; i < 2; i++) {
        const Constant *c = import_input_constant(op, i + 1);
        double *values = ARENA_ARRAY(op->arena, shape.c, double);
        if (!c || (c->count != shape.c && c->count != groups))
            return import_fail(op, "its %s is not %lld numbers in the file", tensors[i],
                               (long long)shape.c);
        for (int64_t k = 0; k < shape.c; k++)
            values[k] = c->values[k / (shape.c / c->count)];
        import_weights(op->import, layer, tensors[i], values, shape.c);
    }
    import_image_out(op, op->inputs[0], layer);
    return true;
}

/* Over the last axis, when that is what lies side by side: the channels, behind a Transpose. */
bool import_layer_norm(Op *op)
{
    static const char *const tensors[] = {"gamma", "beta"};
    const Placed *in = op->inputs[0];
    const int axis = import_axis(in, import_int(op, "axis", -1));
    if (in->rank < 2 || axis != in->rank - 1 || axis == in->batch_axis)
        return import_fail(op, "cnngen norms the channels of a pixel: axis must be the last one");
    const int64_t count = in->dims[axis], *places = import_places(op->arena, in, axis);
    for (int64_t i = 0; i < count; i++)
        if (places[i] >= count)
            return import_fail(op, "what it norms are not the channels of a pixel");
    if (count < 2)
        return import_fail(op, "a norm of one value");
    const bool center = import_has_input(op, 2);
    const int from = import_with_channels(op, in, count);
    const int layer =
        import_add(op->import, "layer_norm",
                   arena_printf(op->arena, "epsilon = %s%s",
                                import_number(op->arena, import_float(op, "epsilon", 1e-5)),
                                center ? "" : ", center = false"),
                   from, op->import->layers[from].out);
    return set_tensors(op, layer, tensors, 1 + center, places, count) &&
           import_same_out(op, in, layer);
}
