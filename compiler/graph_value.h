/* graph_value.h - parts of a Graph as templates see them, for C and for Python. */
#ifndef GRAPH_VALUE_H
#define GRAPH_VALUE_H

#include "graph.h"
#include "value.h"

Value *graph_size_value(Arena *arena, Size size);          /* h, w */
Value *graph_padding_value(Arena *arena, Padding padding); /* top, bottom, left, right */
Value *graph_shape_value(Arena *arena, Shape shape);       /* h, w, c, rank, count, text */
/* name, dims, scale (the bound of uniform initial values, the deviation of normal ones, or the
 * constant), and the values of a fixed one. */
Value *graph_tensor_value(Arena *arena, const Tensor *tensor);
/* name, lr, and the other options, 0 where there is none. */
Value *graph_optimizer_value(Arena *arena, const Optimizer *optimizer);

#endif
