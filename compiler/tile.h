/* tile.h - which register tiles a step gets. */
#ifndef TILE_H
#define TILE_H

#include "plan.h"

/* `count` tiles of `p` pixels each, the first at pixel `start`. */
typedef struct {
    int64_t p, count, start;
} TileRun;

/* Cuts n pixels into as few tiles as `most` allows, all of nearly one size (no small remainder
 * tile). Returns 1 or 2 runs. */
int tile_runs(int64_t n, int64_t most, TileRun out[2]);

/* The p from low to high that leaves the fewest of n over in the last group; the largest of equals.
 */
int64_t tile_even(int64_t n, int64_t low, int64_t high);

/* Between tiles of two vectors by `wide` pixels and of one by `narrow`. With four pixels or less
 * gcc loads the vectors of the kernel again for each of them, and they wait for a kernel that is
 * far away: then one vector by more pixels is faster than two. */
bool tile_prefers_narrow(int64_t wide, int64_t narrow);

/* The widest vector worth using for so many channels: at most 4, 8 or 16 lanes. */
int tile_lanes(int64_t channels);

/* In plain C: channels whose sums a tile keeps side by side, 16, 8, 4 or 1, never more than there
 * are. */
int tile_block(int64_t channels);

/* Tiles for n pixels (or taps) of so many channels, as a list of {v, runs}: two vectors wide where
 * there are channels for it on some target, then one vector for what that leaves over on some.
 * `lanes` is 1 for plain C with too few channels for a block. The last block overlaps the one
 * before: there are no channels left over. */
Value *tile_variants(Arena *arena, const Plan *plan, int64_t n, int64_t channels, int lanes);
/* As many vectors wide as those for `like` pixels. */
Value *tile_variants_like(Arena *arena, const Plan *plan, int64_t n, int64_t like, int64_t channels,
                          int lanes);

/* The hooks of convolution and of dense (Recipe.tiles). */
enum {
    TILE_DX_ROWS = 6,    /* inputs whose gradient a dense tile computes at once */
    TILE_MOST_LANES = 16 /* floats of the widest vector */
};

/* An image taken apart into planes, such that neighbours in a plane are what neighbouring lanes
 * read: value m of row i of plane q is x[i][m*planes + q]. A plane ends in zeros, enough for a
 * vector that starts inside it. */
typedef struct {
    int64_t planes, row, plane; /* floats from row to row, from plane to plane */
} Split;

Split tile_split(Shape shape, int64_t planes);
/* The input of a convolution whose lanes are columns of its output: a plane for each channel of
 * each of the columns from one lane to the next. */
Split tile_split_input(const Step *step);
/* The gradient of its output: a plane for each channel. */
Split tile_split_gradient(const Step *step);

/* A grouped convolution's input with, for each output, what it reads side by side: in.c / groups
 * planes of `filters` values a pixel; the pixels that a window reaches. */
typedef struct {
    int64_t rows, columns, size; /* of pixels; floats in all */
} Spread;

Spread tile_spread(const Step *step);

/* The tile of a convolution that leaves out taps: one pixel of `v` vectors (or blocks of plain C)
 * of `lanes` channels. With `depthwise`, an output channel reads its own input channel only; with
 * `own`, too, channels are done in order, none twice. */
typedef struct {
    int lanes, v;
    bool depthwise, own;
} Clipped;

Clipped tile_clipped(const Plan *plan, const Step *step);
void tile_conv(Arena *arena, Value *tiles, const Plan *plan, const Step *step, int lanes,
               int dx_lanes);
void tile_dense(Arena *arena, Value *tiles, const Plan *plan, const Step *step, int lanes,
                int dx_lanes);

/* The tiles of a step, as templates see them: lanes, dx_lanes and lists of {v, runs} named forward,
 * dw, dx, batch, single, dx_runs. */
Value *tile_value(Arena *arena, const Plan *plan, const Schedule *schedule, const Step *step);

/* The same choices in words, a row {step, pass, form, tiles, used4, used8, used16} for each pass;
 * tile_text.c. */
void tile_words(Arena *arena, Value *rows, const Plan *plan, const Schedule *schedule,
                bool training);

#endif
