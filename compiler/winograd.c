/* winograd.c - Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015.
 *
 * F(2x2, 3x3): 16 multiplications give what 36 do directly; F(4x4, 3x3): 36 what 144 do, with more
 * work around them and a longer kernel. All tiles of a block are spread first, so that each element
 * of a tile is one product of matrices, (tiles x in) by (in x out). */
#include "winograd.h"

#include "tile.h"

enum {
    BLOCK_FLOATS = 48 * 1024, /* a block before and after the products: most of what was measured */
    GAP = TILE_MOST_LANES,    /* floats between the elements of a tile */
    LEAST_BLOCK = 12,         /* tiles, so that register tiles fill */
    LEAST_SUMS = 8,           /* in a register tile; fewer do not hide the latency */
    NEAR_FLOATS = 192 * 1024, /* of a kernel that stays in a cache of 1 MB */
    LARGEST_FLOATS = 2048 * 1024 /* of the longer kernel: beyond all caches it loses */
};

/* Cycles for a vector of channels of one tile, and of one pair of channels of the kernel: what was
 * measured with 16 lanes; a multiply-add takes one. */
typedef struct {
    int64_t side, spread, gather, kernel;
} Cost;

static const Cost costs[] = {{2, 40, 32, 60}, {4, 170, 130, 130}};

static int64_t divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* Cycles that wait for a kernel of so many floats, from one cache after the other. */
static int64_t reading(int64_t kernel)
{
    return kernel > LARGEST_FLOATS ? kernel * 3 / 2
           : kernel > NEAR_FLOATS  ? kernel / 2
                                   : kernel / 8;
}

/* Cycles for all blocks of so many tiles; each of them reads the whole kernel. */
static int64_t work_in_blocks(const Winograd *w, const Cost *cost, int64_t block)
{
    const bool wide = w->out > TILE_MOST_LANES;
    const int64_t p = wide ? tile_even(block, 4, 6) : tile_even(block, 8, 12);
    const int64_t sums = wide ? 2 * p : p, blocks = divide_up(w->tiles, block);
    const int64_t vectors = w->in * w->out / TILE_MOST_LANES;
    int64_t products = blocks * divide_up(block, p) * p * w->elements * vectors;
    if (sums < LEAST_SUMS)
        products = products * LEAST_SUMS / sums;
    return products + blocks * reading(winograd_prepared(w)) +
           blocks * block * (cost->spread * w->in + cost->gather * w->out) / TILE_MOST_LANES;
}

/* Into the blocks that cost least; returns their cycles. */
static int64_t cut(Winograd *w, const Cost *cost)
{
    const int64_t floats = w->elements * (w->in + w->out);
    const int64_t least = winograd_prepared(w) > NEAR_FLOATS ? 2 * LEAST_BLOCK : LEAST_BLOCK;
    int64_t most = BLOCK_FLOATS / floats, best = INT64_MAX;
    most = most > least ? most : least;
    for (int64_t block = w->tiles < most ? w->tiles : most; block > 0; block--) {
        const int64_t work = work_in_blocks(w, cost, block);
        if (work >= best)
            continue;
        best = work;
        w->block = block;
    }
    w->blocks = divide_up(w->tiles, w->block);
    w->wide_p = tile_even(w->block, 4, 6);
    w->narrow_p = tile_even(w->block, 8, 12);
    return best;
}

/* Cycles without Winograd: every row of outputs reads the whole kernel. */
static int64_t work_directly(Shape outputs, int64_t in, int64_t out)
{
    const int64_t kernel = 9 * in * out;
    return outputs.h * outputs.w * kernel / TILE_MOST_LANES + outputs.h * reading(kernel);
}

/* The tiles that compute `outputs` fastest, if that is clearly faster than directly. `samples`
 * share one spread kernel. */
static Winograd choose(Shape outputs, int64_t in, int64_t out, int64_t samples)
{
    const int64_t pairs = in * out / TILE_MOST_LANES;
    int64_t least = work_directly(outputs, in, out) * 9 / 10;
    Winograd best = {.used = false};
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        const int64_t side = costs[i].side;
        Winograd w = {.used = true, .side = side, .elements = (side + 2) * (side + 2)};
        w.in = in;
        w.out = out;
        w.tiles = divide_up(outputs.h, side) * divide_up(outputs.w, side);
        if (outputs.h < side || outputs.w < side ||
            (side > 2 && winograd_prepared(&w) > LARGEST_FLOATS))
            continue;
        const int64_t work = cut(&w, &costs[i]) + costs[i].kernel * pairs / samples;
        if (work >= least)
            continue;
        least = work;
        best = w;
    }
    return best;
}

/* Whole vectors of channels on both sides, and windows that move by one. */
static bool fits(const Plan *plan, const Step *step)
{
    const Node *node = step->node;
    const Window *w = &node->window;
    return !step->lean && plan->options.unroll == UNROLL_AUTO && !plan->options.portable &&
           !plan->options.direct && node->groups == 1 && w->kernel.h == 3 && w->kernel.w == 3 &&
           w->stride.h == 1 && w->stride.w == 1 && w->dilation.h == 1 && w->dilation.w == 1 &&
           node->in.c % TILE_MOST_LANES == 0 && node->filters % TILE_MOST_LANES == 0;
}

/* A tile must have whole windows of a pool; what the pool drops is not computed. */
Winograd winograd_forward(const Plan *plan, const Step *step)
{
    Shape outputs = step->conv.shape;
    if (!fits(plan, step))
        return (Winograd){.used = false};
    if (step->pool) {
        if (step->pool->window.kernel.h != 2 || step->pool->window.kernel.w != 2)
            return (Winograd){.used = false};
        outputs = (Shape){2 * step->yv.shape.h, 2 * step->yv.shape.w, outputs.c, 3};
    }
    return choose(outputs, step->node->in.c, step->node->filters, step->samples);
}

Winograd winograd_dx(const Plan *plan, const Step *step)
{
    const Padding p = step->node->window.padding;
    const Shape in = step->node->in;
    if (!fits(plan, step) || p.top > 2 || p.bottom > 2 || p.left > 2 || p.right > 2)
        return (Winograd){.used = false};
    return choose(in, step->node->filters, in.c, step->samples);
}

/* A little apart: at a power of two all elements would share a few lines of the cache. */
static int64_t apart(const Winograd *w)
{
    return w->in * w->out + GAP;
}

int64_t winograd_prepared(const Winograd *w)
{
    return w->elements * apart(w);
}

int64_t winograd_work(const Winograd *w)
{
    return w->elements * (w->block * (w->in + w->out) + 2 * GAP);
}

Value *winograd_value(Arena *arena, const Winograd *w)
{
    Value *table = value_table(arena), *tiles = value_table(arena);
    value_set_int(arena, table, "side", w->side);
    value_set_int(arena, table, "elements", w->elements);
    value_set_int(arena, table, "count", w->tiles);
    value_set_int(arena, table, "block", w->block);
    value_set_int(arena, table, "blocks", w->blocks);
    value_set_int(arena, table, "apart", apart(w));
    value_set_int(arena, table, "gap", GAP);
    for (int v = tile_prefers_narrow(w->wide_p, w->narrow_p) ? 1 : 2; v >= 1; v--) {
        Value *tile = value_table(arena);
        value_set_int(arena, tile, "v", v);
        value_set_int(arena, tile, "p", v == 2 ? w->wide_p : w->narrow_p);
        value_add(arena, tiles, tile);
    }
    value_set(arena, table, "tiles", tiles);
    return table;
}
