/* weights.h - safetensors in and out, against the tensors of a Graph.
 *
 * Values are floats in canonical order, graph->param_count of them (layers in order, kernel then
 * bias). */
#ifndef WEIGHTS_H
#define WEIGHTS_H

#include "graph.h"

/* Reads F32 tensors named `<layer>.kernel`, `<layer>.bias`; also a PyTorch state dict's
 * `<layer>.weight` (out-in-height-width, or out-in for dense), permuted. Missing, surplus,
 * misshapen, mistyped or truncated tensors are each one error naming the tensor and both shapes.
 * NULL after errors. */
float *weights_load(Arena *arena, Diag *diag, const Graph *graph, const char *path);

/* The file's bytes: 8-byte little-endian header size, JSON header padded with spaces to 8, data in
 * canonical order. Deterministic. */
void weights_encode(Text *out, const Graph *graph, const float *values);

#endif
