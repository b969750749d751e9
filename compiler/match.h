/* match.h - which tensor of a file is which tensor of the network: by name, by order and shape, or
 * as a file of the user says. */
#ifndef MATCH_H
#define MATCH_H

#include "naming.h"
#include "tensors.h"

typedef struct {
    TensorFile *file;
    const Graph *graph;
    StoredTensor **chosen; /* for every tensor of the network in canonical order; NULL: none */
    const int *first;      /* the first tensor of each node there */
} Match;

/* map: NULL for names, "order", or the path of a file of lines `theirs = ours`. False after a
 * message about the map; a tensor that is not found is not one. */
bool match_tensors(Match *match, const char *map);

/* Whether the file has the tensor in PyTorch's order of axes. */
bool match_is_torch(const Match *match, const StoredTensor *entry, const Node *node,
                    const Tensor *tensor);

/* The tensors found, as a file for --map. */
void match_print(Text *out, const Match *match);

#endif
