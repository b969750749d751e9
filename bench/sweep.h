/* sweep.h - what the generated glue of a shape, the checks and the timing share.
 *
 * A Network is one generated file, seen from outside (import ... backward) and, for timing, from
 * inside: the convolution alone, on memory of our own. Each Shape has two: `alone`, whose only
 * layer is the convolution, and `above`, with a layer below it that needs its dx. */
#ifndef SWEEP_H
#define SWEEP_H

#include <stddef.h>

/* What the functions of one layer are called with. */
typedef struct {
    float *x, *w, *b, *y, *dy, *dx, *dw, *db;
    float *prepared, *sums, *work; /* of the forms that need memory of their own */
    unsigned char *argmax;         /* zeros: the first place of every window won */
} Set;

typedef struct {
    size_t input, output, params, params_bytes, scratch_bytes, tape_bytes;
    void (*import)(void *params, const float *flat);
    void (*export)(const void *params, float *flat);
    void (*predict)(const void *params, const float *x, float *y, void *scratch);
    const float *(*forward)(const void *params, const float *x, void *tape);
    void (*backward)(const void *params, const float *x, const float *t, void *tape, void *grads);
    void (*layer_forward)(const Set *s);
    void (*layer_backward)(const Set *s);
} Network;

/* What `above` has below the convolution: a dense layer of one input whose bias is the image, so
 * that its gradient is dx itself; or one weight and one bias per channel, a convolution that
 * writes the border of zeros. */
enum { BELOW_DENSE, BELOW_SCALE };
enum { POOL_NONE, POOL_MAX, POOL_MEAN };

typedef struct {
    const char *name, *class;
    int h, w, ic, oc, kh, kw, sh, sw, dh, dw, top, left, yh, yw, groups, pool, below;
    double macs; /* nominal: taps on padding count */
    const Network *alone, *above;
} Shape;

extern const Shape shapes[];
extern const int shape_count;

/* Times every shape and prints the tables. */
void sweep_time(void);

#endif
