/* overlap.c - an output over its own input, to save memory.
 *
 * A step that makes its pixels in order needs ever less of its input: behind pixel p only what the
 * windows of the pixels after p reach. Its output may follow over what is no longer needed, a gap
 * ahead of it in memory. From the last pixel to the first it is the other way round: the output
 * lies behind, and comes down over the end of its input. */
#include "lowering.h"
#include "schedule.h"
#include "tile.h"

/* The first and the last row (or column) of an input of n that output i reads. */
typedef struct {
    int64_t first, last;
} Reach;

static Reach reach(int64_t i, int64_t pool, int64_t stride, int64_t extent, int64_t before,
                   int64_t n)
{
    const int64_t first = i * pool * stride - before;
    const int64_t last = ((i + 1) * pool - 1) * stride + extent - 1 - before;
    return (Reach){first < 0 ? 0 : first < n ? first : n - 1, last < n ? last : n - 1};
}

/* The first and the last pixel of x that pixel (i, j) of y reads, at most. */
static Reach pixels(const Step *step, int64_t i, int64_t j)
{
    const Window *w = &step->node->window;
    const Size pool = step->pool ? step->pool->window.kernel : (Size){1, 1};
    const Size dilation = step->clips ? w->dilation : (Size){1, 1};
    const Shape x = step->xv.shape;
    if (step->recipe->elementwise)
        return (Reach){i * x.w + j, i * x.w + j};
    const Reach rows =
        reach(i, pool.h, w->stride.h, (w->kernel.h - 1) * dilation.h + 1, w->padding.top, x.h);
    const Reach columns =
        reach(j, pool.w, w->stride.w, (w->kernel.w - 1) * dilation.w + 1, w->padding.left, x.w);
    return (Reach){rows.first * x.w + columns.first, rows.last * x.w + columns.last};
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How far ahead of x y must start when pixels are made from the first to the last. Pixel p may be
 * written where no pixel after it reads, and not over what it reads itself, unless each channel
 * reads only its own, in order: then over the first pixel of its window. */
static int64_t gap_before(const Step *step, bool own)
{
    const Shape x = step->xv.shape, y = step->yv.shape;
    int64_t needed = x.h * x.w, gap = INT64_MIN;
    for (int64_t p = y.h * y.w - 1; p >= 0; p--) {
        const int64_t end = (p + 1) * y.c, first = pixels(step, p / y.w, p % y.w).first;
        if (own)
            gap = larger(gap, end - smaller(needed, first + 1) * x.c);
        needed = smaller(needed, first);
        if (!own)
            gap = larger(gap, end - needed * x.c);
    }
    return gap;
}

/* How far behind the start of x y must start when pixels are made from the last to the first. */
static int64_t gap_behind(const Step *step)
{
    const Shape x = step->xv.shape, y = step->yv.shape;
    int64_t needed = -1, gap = INT64_MIN;
    for (int64_t p = 0; p < y.h * y.w; p++) {
        needed = larger(needed, pixels(step, p / y.w, p % y.w).last);
        gap = larger(gap, (needed + 1) * x.c - p * y.c);
    }
    return gap;
}

/* Whether y, written for the first time, may lie over x, read for the last time. */
static bool can_overlap(const Schedule *schedule, int s)
{
    const Step *step = &schedule->steps[s];
    const Buffer *x = &schedule->buffers[step->x], *y = &schedule->buffers[step->y];
    return (step->clips || step->recipe->in_order) && step->z == STEP_NONE && step->x != step->y &&
           x->home == HOME_ARENA && y->home == HOME_ARENA && x->last == s && y->first == s &&
           step->xv.origin == 0 && view_is_plain(step->xv) &&
           x->count == shape_count(step->xv.shape) && view_is_plain(step->yv) &&
           y->count == shape_count(step->yv.shape);
}

Overlap overlap_of(const Plan *plan, const Step *step)
{
    const bool own = step->clips && tile_clipped(plan, step).own;
    return (Overlap){step->x, step->y, smaller(gap_before(step, own), shape_count(step->yv.shape)),
                     smaller(gap_behind(step), shape_count(step->xv.shape))};
}

void overlap_find(Arena *arena, const Plan *plan, Schedule *schedule)
{
    schedule->overlaps = ARENA_ARRAY(arena, schedule->count, Overlap);
    schedule->overlap_count = 0;
    for (int s = 0; s < schedule->count; s++)
        if (can_overlap(schedule, s))
            schedule->overlaps[schedule->overlap_count++] = overlap_of(plan, &schedule->steps[s]);
}

static Step *writer(const Schedule *schedule, int buffer)
{
    Step *step = schedule->steps;
    while (step->y != buffer)
        step++;
    return step;
}

void overlap_settle(Schedule *schedule)
{
    for (int i = 0; i < schedule->overlap_count; i++) {
        const Overlap *o = &schedule->overlaps[i];
        const Buffer *x = &schedule->buffers[o->x], *y = &schedule->buffers[o->y];
        Step *step = writer(schedule, o->y);
        step->over = y->offset < x->offset + x->count && x->offset < y->offset + y->count;
        step->reversed = step->over && y->offset > x->offset - o->before;
    }
}
