/* network.h - a generated network, compiled with the user's compiler and loaded: what train, eval
 * and run call.
 *
 * The C is generated into a private folder, compiled with $CC (default cc) $CFLAGS (default -O3
 * -march=native) into a shared library and loaded. Sizes come from the Plan; the generated code
 * asserts the same sizes. */
#ifndef NETWORK_H
#define NETWORK_H

#include "graph.h"

typedef struct {
    const Graph *graph;
    const Graph *whole; /* the uncut network, whose weights files are read; usually graph itself */
    const char *folder; /* temporary */
    void *library;
    size_t params_bytes, scratch_bytes, tape_bytes, optimizer_bytes;
    int64_t input_size, output_size, batch;
    int threads; /* 1: none but the caller's */
    /* NULL where the network has no such function (nothing to train) */
    void (*init)(void *params, uint64_t seed);
    void (*predict)(const void *params, const float *input, float *output, void *scratch);
    const float *(*forward)(const void *params, const float *inputs, int count, void *tape);
    float (*backward)(const void *params, const float *inputs, const float *targets, int count,
                      void *tape, void *grads);
    void (*update)(void *params, const void *grads, void *state, float lr);
    float (*train_step)(void *params, const float *inputs, const float *targets, int count,
                        void *tape, void *state, float lr);
    void (*import)(void *params, const float *flat);
    void (*export)(const void *params, float *flat);
} Network;

/* Writes `source` and `header` (text of NAME.c and NAME.h, standalone) to a temporary folder,
 * compiles and loads. `sizes` must be filled in in *network by the caller (everything from
 * params_bytes to threads, and graph). false after a message with the compiler's own output. */
bool network_open(Arena *arena, Diag *diag, Network *network, const char *source,
                  const char *header);
void network_close(Network *network);

/* 64-byte aligned zeroed memory for params, tape, ...; the caller frees it with free(). Ends the
 * program when there is none. */
void *network_memory(size_t bytes);

/* From here on, floats too small for full precision count as zero, as they slow a processor down a
 * hundredfold; returns what network_restore_denormals() takes. No effect where not supported. */
unsigned network_flush_denormals(void);
void network_restore_denormals(unsigned before);

#endif
