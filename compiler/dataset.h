/* dataset.h - samples to train and test on.
 *
 * Inputs are channels last, floats scaled to 0..1 for images of bytes; targets are one-hot for
 * classes. The readers are strict: sizes are checked against the network before anything is
 * computed, and every refusal is one message naming file, what was expected and what was found. */
#ifndef DATASET_H
#define DATASET_H

#include "graph.h"

typedef struct {
    float *inputs, *targets; /* count x input_size, count x output_size */
    int64_t count;
} Samples;

typedef struct {
    Samples train, test; /* test.count may be 0 */
    int64_t input_size, output_size;
    int64_t
        classes; /* 0: targets are not classes; 1: one output, right when on the same side of 0.5 */
} Dataset;

/* `where`: "shapes" (squares and circles, 28x28x1, 3,200 for training and 800 unseen; target 1 for
 * a circle), "packets" (rows of raw bytes as long as the input, 4,000 and 1,000; target 1 where the
 * signature ff 02 01 fe is), a folder of MNIST-format IDX files (plain or .gz), a folder of
 * CIFAR-10 binary batches (data_batch_*.bin, test_batch.bin), or "x.npy,y.npy" (x: floats as they
 * are, or unsigned bytes scaled to 0..1; y: floats of the output's shape, or whole class numbers).
 * A folder called shapes is "./shapes". The seed decides the built-in sets. NULL after a message.
 */
Dataset *dataset_load(Arena *arena, Diag *diag, const Graph *graph, const char *where,
                      uint64_t seed);

/* The sizes of the network's input in the order in which the caller's values lie; 1D: with one 1.
 */
Shape dataset_order(const Graph *graph);
/* A copy of samples with their pixels as planes, as input_layout = "chw" has them, or back. */
float *dataset_planes(Arena *arena, const float *samples, int64_t count, Shape shape, bool back);

#endif
