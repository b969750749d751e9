/* winograd.h - 3x3 convolutions by Winograd's F(2x2, 3x3) or F(4x4, 3x3): when they pay, and how
 * the work is cut up. */
#ifndef WINOGRAD_H
#define WINOGRAD_H

#include "plan.h"

/* One convolution `in` → `out` channels by tiles of side x side outputs, each from a piece of input
 * larger by two; both sides are 2 or 4. */
typedef struct {
    bool used;
    int64_t side, elements; /* of a tile: outputs in a row, (side + 2)^2 */
    int64_t in, out;
    int64_t tiles;
    int64_t blocks, block;    /* of `block` tiles; the last one overlaps the one before */
    int64_t wide_p, narrow_p; /* tiles in a register tile of two vectors and of one */
} Winograd;

Winograd winograd_forward(const Plan *plan, const Step *step);
/* The gradient of the input, as a convolution of the gradient of the output with a border of zeros.
 */
Winograd winograd_dx(const Plan *plan, const Step *step);

/* Floats: the kernel spread over the elements of a tile; a block before and after the products. */
int64_t winograd_prepared(const Winograd *w);
int64_t winograd_work(const Winograd *w);

/* As templates see it: side, elements, count (of tiles), blocks, block, apart, gap, tiles = {{v,
 * p}, ...}. */
Value *winograd_value(Arena *arena, const Winograd *w);

#endif
