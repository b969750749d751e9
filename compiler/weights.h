/* weights.h - files of weights in and out, against the tensors of a Graph.
 *
 * Values are floats in canonical order, graph->param_count of them (layers in order, kernel then
 * bias). */
#ifndef WEIGHTS_H
#define WEIGHTS_H

#include "naming.h"

/* Reads safetensors, .npz, Keras' HDF5 (tensors.h): floats named `<layer>.kernel`, `<layer>.bias`,
 * or as Keras names layers by itself; also a PyTorch state dict's `<layer>.weight`, permuted. One
 * .npy holds all values in canonical order. map: NULL, "order" or the path of a file (match.h).
 * Missing, surplus, misshapen, mistyped or truncated tensors are each one error naming the tensor
 * and both shapes. found: gets the names that were found, or NULL. NULL after errors. */
float *weights_load(Arena *arena, Diag *diag, const Graph *graph, const char *path, const char *map,
                    Text *found);

/* The bytes of a safetensors file: 8-byte little-endian header size, JSON header padded with spaces
 * to 8, data in canonical order. Deterministic, as all that is written here. */
void weights_encode(Text *out, const Graph *graph, const float *values);

/* The format that the end of a path means; a .weights.h5 always has Keras' names. */
typedef enum {
    WEIGHTS_SAFETENSORS,
    WEIGHTS_NPZ,
    WEIGHTS_NPY,
    WEIGHTS_HDF5,
    WEIGHTS_UNKNOWN
} WeightsFormat;

WeightsFormat weights_format(const char *path);

/* Writes them; an unknown format is safetensors. False after a message. */
bool weights_write(Arena *arena, Diag *diag, const char *path, const Graph *graph,
                   const float *values, Names names);

/* hdf5_write.c: a file for Keras 3's load_weights(). False when the library refused. */
bool hdf5_encode(Text *out, const Graph *graph, const float *values);

#endif
