/* tile.c - the shape of register tiles: V vectors by P pixels, V*P named accumulators.
 *
 * The same tile must do for 16 and for 32 vector registers, since the C compiler decides the width:
 * V*P + V + 1 <= 16. Two vectors by six pixels keep 12 multiply-adds in flight, enough to hide
 * their latency on every core measured, and load 8 values for 12 multiply-adds; one vector by
 * twelve pixels serves the channels left over, and fused pools. Tiles of nearly equal size beat
 * full tiles with a small rest.
 *
 * Plain C (--target portable) has no vectors: there a tile is a block of channels in local arrays,
 * one per pixel, which compilers turn into vectors themselves. Of the sizes tried, 16 channels by
 * six pixels is the one that gcc and clang keep in registers at -O2 and -O3, with AVX2 and with
 * AVX-512; every other falls behind with one of them. */
#include "tile.h"

#include <string.h>

#include "winograd.h"

enum { WIDE_V = 2, WIDE_P = 6, NARROW_P = 12, SINGLE_V = 8, SINGLE_COPIES = 8 };
enum { FEW_WIDE = 5, ENOUGH_NARROW = 7 };
enum { BLOCK_P = 6, BLOCK_SINGLE_V = 2, BLOCK_SINGLE_SUMS = 4 };

int tile_runs(int64_t n, int64_t most, TileRun out[2])
{
    const int64_t tiles = (n + most - 1) / most, small = n / tiles, large = n % tiles;
    int count = 0;
    if (large > 0)
        out[count++] = (TileRun){small + 1, large, 0};
    out[count++] = (TileRun){small, tiles - large, large * (small + 1)};
    return count;
}

int tile_lanes(int64_t channels)
{
    return channels <= 4 ? 4 : channels <= 8 ? 8 : 16;
}

int tile_block(int64_t channels)
{
    return channels < 4 ? 1 : channels < 8 ? 4 : channels < 16 ? 8 : 16;
}

static bool in_blocks(const Plan *plan, int lanes)
{
    return plan->options.portable && lanes > 1;
}

static Value *runs_value(Arena *arena, int64_t n, int64_t most)
{
    TileRun runs[2];
    Value *list = value_table(arena);
    const int count = tile_runs(n, most, runs);
    for (int i = 0; i < count; i++) {
        Value *run = value_table(arena);
        value_set_int(arena, run, "p", runs[i].p);
        value_set_int(arena, run, "count", runs[i].count);
        value_set_int(arena, run, "start", runs[i].start);
        value_add(arena, list, run);
    }
    return list;
}

static void add_variant(Arena *arena, Value *list, int64_t v, int64_t n, int64_t most)
{
    Value *variant = value_table(arena);
    value_set_int(arena, variant, "v", v);
    value_set(arena, variant, "runs", runs_value(arena, n, most));
    value_add(arena, list, variant);
}

/* Whether tiles of v vectors leave some of the channels over, on any target. */
static bool leaves_rest(int64_t channels, int64_t v, int lanes)
{
    for (int64_t wide = lanes; wide > 0; wide /= 2)
        if ((channels + wide - 1) / wide % v != 0)
            return true;
    return false;
}

static int64_t smallest(int64_t n, int64_t rows, int64_t most)
{
    return rows > 1 ? rows * n : n / ((n + most - 1) / most);
}

bool tile_prefers_narrow(int64_t wide, int64_t narrow)
{
    return wide < FEW_WIDE && narrow >= ENOUGH_NARROW;
}

Value *tile_variants_like(Arena *arena, const Plan *plan, int64_t n, int64_t like, int64_t channels,
                          int lanes)
{
    const bool wide = lanes == 1
                          ? channels > 1
                          : channels > 4 && !tile_prefers_narrow(smallest(like, 1, WIDE_P),
                                                                 smallest(like, 1, NARROW_P));
    Value *list = value_table(arena);
    if (in_blocks(plan, lanes)) {
        add_variant(arena, list, 1, n, BLOCK_P);
        return list;
    }
    if (wide)
        add_variant(arena, list, WIDE_V, n, WIDE_P);
    if (!wide || leaves_rest(channels, WIDE_V, lanes))
        add_variant(arena, list, 1, n, lanes == 1 ? WIDE_P : NARROW_P);
    return list;
}

Value *tile_variants(Arena *arena, const Plan *plan, int64_t n, int64_t channels, int lanes)
{
    return tile_variants_like(arena, plan, n, n, channels, lanes);
}

/* As many whole rows of outputs as `most` pixels allow, where that divides them. */
static int64_t whole_rows(const Step *step, int64_t most)
{
    int64_t rows = most / step->conv.shape.w;
    while (rows > 1 && step->conv.shape.h % rows != 0)
        rows--;
    return rows > 1 ? rows : 1;
}

static void add_rows(Arena *arena, Value *list, int64_t v, int64_t columns, int64_t rows,
                     int64_t most)
{
    add_variant(arena, list, v, columns, most);
    value_set_int(arena, list->items[list->item_count - 1], "rows", rows);
}

/* Forward: a tile takes several rows of a small image. */
static Value *forward_variants(Arena *arena, const Plan *plan, const Step *step, int lanes)
{
    const Node *node = step->node;
    const int64_t columns = step->conv.shape.w, channels = node->filters / node->groups;
    const int64_t wide = whole_rows(step, WIDE_P), narrow = whole_rows(step, NARROW_P);
    Value *list;
    if (lanes == 1 || plan->options.portable)
        return tile_variants(arena, plan, columns, channels, lanes);
    list = value_table(arena);
    if (channels > 4 &&
        !tile_prefers_narrow(smallest(columns, wide, WIDE_P), smallest(columns, narrow, NARROW_P)))
        add_rows(arena, list, WIDE_V, columns, wide, WIDE_P);
    if (list->item_count == 0 || leaves_rest(channels, WIDE_V, lanes))
        add_rows(arena, list, 1, columns, narrow, NARROW_P);
    return list;
}

/* A fused pool keeps whole windows in registers: one vector, as many windows as the accumulators
 * hold. */
static Value *pooled_variants(Arena *arena, const Plan *plan, const Step *step, int lanes)
{
    const Size window = step->pool->window.kernel;
    const int64_t most = (in_blocks(plan, lanes) ? BLOCK_P : NARROW_P) / (window.h * window.w);
    Value *list = value_table(arena);
    add_variant(arena, list, 1, step->yv.shape.w, most > 0 ? most : 1);
    return list;
}

/* Backward of a sparse gradient holds every row of a window, some vectors wide: as many as twelve
 * registers hold, all of one width if that is not much less. Neighbouring taps in one block change
 * the order of sums in dx, and the width of a block is the target's: where that matters, a block
 * lies in one tap. */
static int64_t sparse_vectors(const Plan *plan, const Node *node)
{
    const bool fixed = plan->options.reproducible;
    const int64_t taps = fixed ? 1 : node->window.kernel.w;
    const int64_t vectors = taps * node->in.c / TILE_MOST_LANES;
    const int64_t rows = node->window.kernel.h;
    int64_t most = NARROW_P / rows;
    most = most < 1 ? 1 : most < vectors ? most : vectors;
    for (int64_t v = most; v > 0 && (fixed || v * rows >= SINGLE_COPIES); v--)
        if (vectors % v == 0)
            return v;
    return most;
}

int64_t tile_even(int64_t n, int64_t low, int64_t high)
{
    int64_t best = high;
    if (n <= high)
        return n;
    for (int64_t p = high; p >= low; p--)
        if ((n + p - 1) / p * p < (n + best - 1) / best * best)
            best = p;
    return best;
}

Split tile_split(Shape shape, int64_t planes)
{
    const int64_t row = (shape.w * shape.c + planes - 1) / planes;
    const int64_t plane = shape.h * row + TILE_MOST_LANES - 1;
    return (Split){planes, row, (plane + TILE_MOST_LANES - 1) / TILE_MOST_LANES * TILE_MOST_LANES};
}

Split tile_split_input(const Step *step)
{
    const int64_t columns =
        step->node->window.stride.w * (step->pool ? step->pool->window.kernel.w : 1);
    return tile_split(step->xv.shape, columns * step->xv.shape.c);
}

Split tile_split_gradient(const Step *step)
{
    return tile_split(step->yv.shape, step->yv.shape.c);
}

Spread tile_spread(const Step *step)
{
    const Node *node = step->node;
    const Window *w = &node->window;
    Spread spread = {
        .rows = (node->out.h - 1) * w->stride.h + (w->kernel.h - 1) * w->dilation.h + 1,
        .columns = (node->out.w - 1) * w->stride.w + (w->kernel.w - 1) * w->dilation.w + 1};
    spread.size = spread.rows * spread.columns * (node->in.c / node->groups) * node->filters +
                  TILE_MOST_LANES; /* the last vector may be whole */
    return spread;
}

enum { CLIPPED_V = 4 };

Clipped tile_clipped(const Plan *plan, const Step *step)
{
    const Node *node = step->node;
    const bool depthwise = node->groups == node->in.c && node->filters == node->in.c;
    const int64_t channels = depthwise ? node->filters : node->filters / node->groups;
    const bool loops = plan->options.unroll != UNROLL_AUTO;
    const int lanes = loops ? 1 : tile_block(channels);
    int64_t v = channels / lanes;
    if (loops || depthwise || (plan->options.portable && lanes > 1))
        v = 1;
    else if (v > CLIPPED_V)
        v = CLIPPED_V;
    return (Clipped){lanes, (int)v, depthwise, depthwise && channels % lanes == 0};
}

static Value *clipped_value(Arena *arena, Clipped clipped)
{
    Value *table = value_table(arena);
    value_set_int(arena, table, "lanes", clipped.lanes);
    value_set_int(arena, table, "v", clipped.v);
    value_set_bool(arena, table, "depthwise", clipped.depthwise);
    value_set_bool(arena, table, "own", clipped.own);
    return table;
}

static Value *spread_value(Arena *arena, Spread spread)
{
    Value *table = value_table(arena);
    value_set_int(arena, table, "rows", spread.rows);
    value_set_int(arena, table, "columns", spread.columns);
    value_set_int(arena, table, "size", spread.size);
    return table;
}

static Value *split_value(Arena *arena, Split split)
{
    Value *table = value_table(arena);
    value_set_int(arena, table, "planes", split.planes);
    value_set_int(arena, table, "row", split.row);
    value_set_int(arena, table, "plane", split.plane);
    return table;
}

void tile_conv(Arena *arena, Value *tiles, const Plan *plan, const Step *step, int lanes,
               int dx_lanes)
{
    const Node *node = step->node;
    const int64_t in = node->in.c / node->groups, out = node->filters / node->groups;
    const bool merged = node->groups == 1 && node->window.dilation.w == 1;
    const int64_t columns = step->conv.shape.w;
    if (step->clips) {
        value_set(arena, tiles, "clipped", clipped_value(arena, tile_clipped(plan, step)));
        return;
    }
    value_set(arena, tiles, "forward",
              step->pool ? pooled_variants(arena, plan, step, lanes)
                         : forward_variants(arena, plan, step, lanes));
    value_set(arena, tiles, "dw",
              tile_variants(arena, plan, merged ? node->window.kernel.w * in : in, out, lanes));
    value_set(arena, tiles, "dx", tile_variants(arena, plan, columns, in, dx_lanes));
    value_set_int(arena, tiles, "sparse", sparse_vectors(plan, node));
    const Winograd forward = winograd_forward(plan, step), dx = winograd_dx(plan, step);
    if (forward.used)
        value_set(arena, tiles, "winograd", winograd_value(arena, &forward));
    if (dx.used)
        value_set(arena, tiles, "winograd_dx", winograd_value(arena, &dx));
    value_set_int(arena, tiles, "columns", tile_lanes(step->yv.shape.w));
    value_set(arena, tiles, "input", split_value(arena, tile_split_input(step)));
    value_set(arena, tiles, "gradient", split_value(arena, tile_split_gradient(step)));
    if (node->groups > 1)
        value_set(arena, tiles, "spread", spread_value(arena, tile_spread(step)));
}

/* The number of samples a tile of dense takes: the largest up to six that divides the batch, if
 * there is a good one. */
static int64_t batch_pixels(int64_t batch)
{
    for (int64_t p = WIDE_P; p >= 4; p--)
        if (batch % p == 0)
            return p;
    return batch < WIDE_P ? batch : WIDE_P;
}

static void add_dense(Arena *arena, Value *list, int64_t v, const char *name, int64_t n)
{
    Value *variant = value_table(arena);
    value_set_int(arena, variant, "v", v);
    value_set_int(arena, variant, name, n);
    value_set_bool(arena, variant, "main", list->item_count == 0);
    value_add(arena, list, variant);
}

/* Rows of w stream by: four sums in flight hide the latency, two blocks of each row at a time keep
 * memory busy. */
static void dense_blocks(Arena *arena, const Plan *plan, const Step *step, int lanes, Value *single,
                         Value *many)
{
    const int64_t v = step->node->filters >= BLOCK_SINGLE_V * lanes ? BLOCK_SINGLE_V : 1;
    const int64_t copies = step->xv.shape.c >= SINGLE_COPIES ? BLOCK_SINGLE_SUMS / v : 1;
    add_dense(arena, single, v, "copies", copies);
    if (plan->graph->batch > 1)
        add_dense(arena, many, 1, "p", batch_pixels(plan->graph->batch));
}

/* Of vectors, or of single values. */
static void dense_vectors(Arena *arena, const Plan *plan, const Step *step, int lanes,
                          Value *single, Value *many)
{
    const int64_t out = step->node->filters, batch = plan->graph->batch;
    const int64_t vectors = (out + lanes - 1) / lanes;
    const int64_t passes = (vectors + SINGLE_V - 1) / SINGLE_V, v = (vectors + passes - 1) / passes;
    if (v > 1)
        add_dense(arena, single, v, "copies", 1);
    /* Which outputs are left for one vector depends on the target: its sums are in the same order
     * then. */
    const bool one_sum = plan->options.reproducible && v > 1;
    if (v == 1 || leaves_rest(out, v, lanes))
        add_dense(arena, single, 1, "copies",
                  step->xv.shape.c >= SINGLE_COPIES && !one_sum ? SINGLE_COPIES : 1);
    if (batch > 1) {
        if (out > (lanes == 1 ? 1 : 4))
            add_dense(arena, many, WIDE_V, "p", batch_pixels(batch));
        if (many->item_count == 0 || leaves_rest(out, WIDE_V, lanes))
            add_dense(arena, many, 1, "p", batch_pixels(batch));
    }
}

void tile_dense(Arena *arena, Value *tiles, const Plan *plan, const Step *step, int lanes,
                int dx_lanes)
{
    (void)dx_lanes;
    Value *single = value_table(arena), *many = value_table(arena);
    if (in_blocks(plan, lanes))
        dense_blocks(arena, plan, step, lanes, single, many);
    else
        dense_vectors(arena, plan, step, lanes, single, many);
    value_set(arena, tiles, "single", single);
    value_set(arena, tiles, "batch", many);
    value_set(arena, tiles, "dw",
              tile_variants(arena, plan, step->xv.shape.c, step->node->filters, lanes));
    value_set(arena, tiles, "dx_runs", runs_value(arena, step->xv.shape.c, TILE_DX_ROWS));
}

/* Vector loads may read beyond the last channel, which only our own buffers allow, unless nothing
 * is behind them; convolution and dense read x value by value. */
static bool reads_caller(const Schedule *schedule, const Step *step)
{
    return !step->recipe->linear && schedule->buffers[step->x].home == HOME_CALLER_INPUT;
}

Value *tile_value(Arena *arena, const Plan *plan, const Schedule *schedule, const Step *step)
{
    Value *tiles = value_table(arena);
    const Node *node = step->node;
    const bool linear = step->recipe->linear, whole = step->recipe->whole_batch;
    const int64_t channels = linear ? node->filters / node->groups : step->yv.shape.c;
    const bool blocks = plan->options.portable && linear;
    const bool packed =
        plan->packed_predict && schedule == &plan->predict && channels % tile_lanes(channels) != 0;
    const bool single = plan->options.unroll != UNROLL_AUTO || plan->options.portable != blocks ||
                        reads_caller(schedule, step) || (packed && !linear);
    const int lanes = single ? 1 : blocks ? tile_block(channels) : tile_lanes(channels);
    const int64_t inputs = whole ? plan->graph->batch : node->in.c / node->groups;
    const int dx_lanes = single ? 1 : blocks ? tile_block(inputs) : tile_lanes(inputs);
    value_set_int(arena, tiles, "lanes", lanes);
    value_set_int(arena, tiles, "dx_lanes", dx_lanes);
    if (step->recipe->tiles)
        step->recipe->tiles(arena, tiles, plan, step, lanes, dx_lanes);
    return tiles;
}
