/* dataset_sets.h - what dataset.c asks of the readers of each kind of data set.
 *
 * Each fills in data->train and data->test (input_size, output_size are set), or reports and
 * returns false. */
#ifndef DATASET_SETS_H
#define DATASET_SETS_H

#include "dataset.h"

typedef struct {
    Arena *arena;
    Diag *diag;
    const Graph *graph;
    Shape input, output;
    const char *where;
    uint64_t seed;
    Dataset *data;
} DatasetTask;

bool dataset_shapes(DatasetTask *task);
bool dataset_packets(DatasetTask *task);
bool dataset_idx(DatasetTask *task);
bool dataset_cifar(DatasetTask *task);
bool dataset_npy(DatasetTask *task);

/* Whether a folder looks like one of that kind. */
bool dataset_is_cifar(Arena *arena, const char *folder);

/* Room for `count` samples. */
Samples dataset_samples(const DatasetTask *task, int64_t count);

/* Sets the target of sample n to a class: 0 or 1 for one output, one-hot otherwise. The class fits.
 */
void dataset_set_class(const DatasetTask *task, Samples *samples, int64_t n, int64_t class);

/* How many classes the network's output can tell apart. */
int64_t dataset_classes(const DatasetTask *task);

/* Whether the network takes what the data set has; otherwise a message with both. */
bool dataset_check_input(const DatasetTask *task, const char *path, Shape shape);

#endif
