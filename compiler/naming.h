/* naming.h - what PyTorch and Keras call a tensor of ours, and where they keep its values.
 *
 * PyTorch keeps a kernel as (out, in, height, width), ours are (height, width, in, out); and it
 * flattens a picture channels first, so the rows of a dense kernel behind a flatten change places,
 * too, as do the values of a norm there. Keras has our order. */
#ifndef NAMING_H
#define NAMING_H

#include "graph.h"

typedef enum { NAMES_CNNGEN, NAMES_KERAS, NAMES_TORCH } Names;

/* PyTorch's name of a tensor, "weight" for "kernel"; NULL where it is the same or there is none. */
const char *naming_torch(const char *name);

/* What Keras calls a layer that has no name of its own: "conv2d", "conv2d_1", ... by kind, in the
 * order of the network. except: nodes that are not counted, or NULL. */
const char *naming_keras(Arena *arena, const Graph *graph, const Node *node, const bool *except);

/* The dims of the tensor there; returns the rank. */
int naming_dims(Names names, const Node *node, const Tensor *tensor, int64_t *dims);

/* How PyTorch's place of a value follows from ours. */
typedef struct {
    int64_t spatial, in, out;
    Shape flat; /* rows are the cells of this picture, channels first; count 0: rows stay */
} TorchOrder;

TorchOrder naming_torch_order(const Graph *graph, const Node *node, const Tensor *tensor);
int64_t naming_torch_place(const TorchOrder *order, int64_t i);

#endif
