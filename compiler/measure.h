/* measure.h - how good a network is: its mean loss and how many samples it gets right. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdio.h>

#include "dataset.h"
#include "network.h"

typedef struct {
    double loss; /* sum over the samples */
    int64_t right, count;
} Score;

/* The loss of one sample, in double, as runtime/cnn.h defines it. */
double measure_loss(const Graph *graph, const float *output, const float *target, int64_t size);

/* 1 output: the same side of 0.5; more: the largest is the target's largest. NaN is never right. */
bool measure_right(const float *output, const float *target, int64_t size);

/* Scores `predict` on the samples at `order`, or on the first `count` when order is NULL. */
Score measure_samples(const Network *network, const void *params, const Samples *samples,
                      const int64_t *order, int64_t count);

double measure_mean(Score score);     /* loss per sample */
double measure_accuracy(Score score); /* in percent */

/* "accuracy 99.12 % (9912 of 10000), loss 0.0271"; without classes only the loss. */
char *measure_text(Arena *arena, Score score, int64_t classes);

#endif
