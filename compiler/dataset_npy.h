/* dataset_npy.h - how arrays fit the input and output of a network; also used by `run`. */
#ifndef DATASET_NPY_H
#define DATASET_NPY_H

#include "graph.h"
#include "npy.h"

/* How many samples of that shape the array holds along its first axis; 0 when it does not fit. */
int64_t dataset_npy_count(const Npy *array, Shape shape);

/* Whether the array is one sample of that shape, without an axis of samples. */
bool dataset_npy_is_sample(const Npy *array, Shape shape);

/* Unsigned bytes become 0..1; other arrays stay. */
void dataset_npy_scale(Npy *array);

/* Reports both shapes; false. */
bool dataset_npy_input_error(Arena *arena, Diag *diag, const char *path, const Npy *x,
                             const Graph *graph);

#endif
