/* train.h - the commands that run a network: train, eval, run, show. */
#ifndef TRAIN_H
#define TRAIN_H

#include "dataset.h"
#include "network.h"

typedef struct {
    const char *data;    /* --data */
    const char *weights; /* --weights: start from, or NULL */
    const char *map;     /* --map: how its tensors are called, or NULL */
    const char *output;  /* -o */
    const char *input;   /* --input, for run: x.npy, or a .png/.pgm picture */
    int64_t epochs;      /* --epochs, default 10 */
    double lr;           /* --lr, 0: the spec's */
    uint64_t seed;       /* --seed, default 1 */
    double validation; /* --validation: fraction of the training samples kept for choosing the best
                          weights; 0: none */
    const char *layer; /* --layer, for run: stop behind it */
    bool quiet;        /* --quiet */
} RunOptions;

/* Each returns false after a message. The network is open. */
bool train_run(Arena *arena, Diag *diag, const Network *network, const RunOptions *options);
bool eval_run(Arena *arena, Diag *diag, const Network *network, const RunOptions *options);
bool show_run(Arena *arena, Diag *diag, const Network *network, const RunOptions *options);
bool run_run(Arena *arena, Diag *diag, const Network *network, const RunOptions *options);

#endif
