/* phase.h - one axis of a transposed convolution, and how its outputs are convolutions of the
 * input: those of one remainder modulo the stride, a phase, read every few taps of the kernel. */
#ifndef PHASE_H
#define PHASE_H

#include "graph.h"

/* One axis of the kernel and of the images on both sides of it: i*stride + k*dilation - before is
 * the output that input i reaches through tap k. */
typedef struct {
    const char *side; /* "height" */
    int64_t in, kernel, stride, dilation, before, after, extra, out;
} Axis;

/* The outputs at first, first + stride, ... Output number n of them reads `taps` inputs from
 * `input` + n on, phase_input_step apart; the first with tap `tap` of the kernel, the others with
 * those phase_tap_step before. An input may lie outside the image: then it reads a zero. */
typedef struct {
    int64_t first, count, input, taps, tap;
} Phase;

Axis phase_rows(const Node *node);
Axis phase_columns(const Node *node);

int64_t phase_count(const Axis *axis);
Phase phase_at(const Axis *axis, int64_t first);
int64_t phase_input_step(const Axis *axis);
int64_t phase_tap_step(const Axis *axis);

/* Whether any output is reached. */
bool phase_is_reached(const Axis *axis);

/* How far phases read before the first and behind the last input. */
void phase_reach(const Axis *axis, int64_t *before, int64_t *after);

#endif
