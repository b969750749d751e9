/* graph_value.c - see graph_value.h. */
#include "graph_value.h"

#include <math.h>

Value *graph_size_value(Arena *arena, Size size)
{
    Value *table = value_table(arena);
    value_set_int(arena, table, "h", size.h);
    value_set_int(arena, table, "w", size.w);
    return table;
}

Value *graph_padding_value(Arena *arena, Padding padding)
{
    Value *table = value_table(arena);
    value_set_int(arena, table, "top", padding.top);
    value_set_int(arena, table, "bottom", padding.bottom);
    value_set_int(arena, table, "left", padding.left);
    value_set_int(arena, table, "right", padding.right);
    return table;
}

Value *graph_shape_value(Arena *arena, Shape shape)
{
    Value *table = graph_size_value(arena, (Size){shape.h, shape.w});
    value_set_int(arena, table, "c", shape.c);
    value_set_int(arena, table, "rank", shape.rank);
    value_set_int(arena, table, "count", shape_count(shape));
    value_set_string(arena, table, "text", shape_text(arena, shape));
    return table;
}

/* Bounds of the uniform initialisers and the deviation of the normal one, as Keras has them. */
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

Value *graph_tensor_value(Arena *arena, const Tensor *tensor)
{
    Value *table = value_table(arena), *dims = value_table(arena);
    for (int i = 0; i < tensor->rank; i++)
        value_add(arena, dims, value_int(arena, tensor->dims[i]));
    value_set(arena, table, "dims", dims);
    value_set_string(arena, table, "name", tensor->name);
    value_set_number(arena, table, "scale", init_scale(tensor));
    if (tensor->init.kind == INIT_FIXED) {
        Value *values = value_table(arena);
        for (int64_t i = 0; i < tensor->count; i++)
            value_add(arena, values, value_number(arena, tensor->init.values[i]));
        value_set(arena, table, "values", values);
    }
    return table;
}

Value *graph_optimizer_value(Arena *arena, const Optimizer *optimizer)
{
    Value *table = value_table(arena);
    value_set_string(arena, table, "name", optimizer_name(optimizer->kind));
    value_set_number(arena, table, "lr", optimizer->lr);
    value_set_number(arena, table, "momentum", optimizer->momentum);
    value_set_number(arena, table, "rho", optimizer->rho);
    value_set_number(arena, table, "beta1", optimizer->beta1);
    value_set_number(arena, table, "beta2", optimizer->beta2);
    value_set_number(arena, table, "epsilon", optimizer->epsilon);
    value_set_number(arena, table, "weight_decay", optimizer->weight_decay);
    value_set_number(arena, table, "clip_norm", optimizer->clip_norm);
    return table;
}
