/* winograd.c - Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015.
 *
 * 16 multiplications give what 36 do directly. All tiles of a block are spread first, so that each
 * of the 16 elements is one product of matrices, (tiles x in) by (in x out). */
#include "winograd.h"

#include "tile.h"

enum {
    ELEMENTS = 16,
    BLOCK_FLOATS = 64 * 1024, /* a block before and after the products stays in a cache of 512 KB */
    LEAST_BLOCK = 12          /* tiles, so that register tiles fill */
};

/* Cycles for a vector of channels of one tile, and of one pair of channels of the kernel: what was
 * measured with 16 lanes; a multiply-add takes one. */
enum { SPREAD = 40, GATHER = 32, KERNEL = 60 };

static Winograd cut(Shape outputs, int64_t in, int64_t out)
{
    Winograd w = {.in = in, .out = out};
    w.tiles = ((outputs.h + 1) / 2) * ((outputs.w + 1) / 2);
    const int64_t most = w.tiles >= LEAST_BLOCK ? w.tiles / LEAST_BLOCK : 1;
    w.blocks = (w.tiles * ELEMENTS * (in + out) + BLOCK_FLOATS - 1) / BLOCK_FLOATS;
    w.blocks = w.blocks < most ? w.blocks : most;
    w.block = (w.tiles + w.blocks - 1) / w.blocks;
    w.wide_p = tile_even(w.tiles / w.blocks, 4, 6);
    w.narrow_p = tile_even(w.tiles / w.blocks, 8, 12);
    return w;
}

static bool pays(const Winograd *w, Shape outputs)
{
    const int64_t pairs = w->in * w->out / TILE_MOST_LANES;
    const int64_t direct = outputs.h * outputs.w * 9 * pairs;
    const int64_t products = w->tiles * ELEMENTS * pairs;
    const int64_t spread = w->tiles * (SPREAD * w->in + GATHER * w->out) / TILE_MOST_LANES;
    return 10 * (products + spread + KERNEL * pairs) < 9 * direct;
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

/* A pool must have just the tiles as windows; what it drops is not computed. */
Winograd winograd_forward(const Plan *plan, const Step *step)
{
    Shape outputs = step->conv.shape;
    Winograd w = {.used = false};
    if (!fits(plan, step) || outputs.h < 2 || outputs.w < 2)
        return w;
    if (step->pool) {
        if (step->pool->window.kernel.h != 2 || step->pool->window.kernel.w != 2)
            return w;
        outputs = (Shape){2 * step->yv.shape.h, 2 * step->yv.shape.w, outputs.c, 3};
    }
    w = cut(outputs, step->node->in.c, step->node->filters);
    w.used = pays(&w, outputs);
    return w;
}

Winograd winograd_dx(const Plan *plan, const Step *step)
{
    const Padding p = step->node->window.padding;
    const Shape in = step->node->in;
    Winograd w = {.used = false};
    if (!fits(plan, step) || in.h < 2 || in.w < 2 || p.top > 2 || p.bottom > 2 || p.left > 2 ||
        p.right > 2)
        return w;
    w = cut(in, step->node->filters, in.c);
    w.used = pays(&w, in);
    return w;
}

/* A little apart: at a power of two all 16 elements would share a few lines of the cache. */
static int64_t apart(const Winograd *w)
{
    return w->in * w->out + TILE_MOST_LANES;
}

int64_t winograd_prepared(const Winograd *w)
{
    return ELEMENTS * apart(w);
}

int64_t winograd_work(const Winograd *w)
{
    return ELEMENTS * w->block * (w->in + w->out);
}

Value *winograd_value(Arena *arena, const Winograd *w)
{
    Value *table = value_table(arena), *tiles = value_table(arena);
    value_set(arena, table, "block", value_int(arena, w->block));
    value_set(arena, table, "blocks", value_int(arena, w->blocks));
    value_set(arena, table, "apart", value_int(arena, apart(w)));
    for (int v = 2; v >= 1; v--) {
        Value *tile = value_table(arena);
        value_set(arena, tile, "v", value_int(arena, v));
        value_set(arena, tile, "p", value_int(arena, v == 2 ? w->wide_p : w->narrow_p));
        value_add(arena, tiles, tile);
    }
    value_set(arena, table, "tiles", tiles);
    return table;
}
