/* memory.c - one arena, buffers that overlap by lifetime.
 *
 * Largest first, each at the lowest address where it meets no buffer alive at the same time: for
 * chains this reaches the lower bound, the largest sum of what is alive at one moment, nearly
 * always; `summary` prints both. Where outputs may lie over their inputs the order matters more,
 * and others are tried, too. */
#include "plan.h"

#include <assert.h>
#include <stdlib.h>

static int64_t rounded(int64_t count, int64_t align)
{
    return (count + align - 1) / align * align;
}

static int64_t buffer_size(const Buffer *buffer, int64_t align)
{
    return rounded(buffer->count * buffer->samples, align);
}

static bool meet(const Buffer *a, const Buffer *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* Larger first; equal ones in order of birth, so that the result does not depend on the sort. */
static int larger_first(const void *a, const void *b)
{
    const Buffer *x = *(Buffer *const *)a, *y = *(Buffer *const *)b;
    const int64_t m = x->count * x->samples, n = y->count * y->samples;
    if (m != n)
        return m > n ? -1 : 1;
    return x < y ? -1 : 1;
}

/* A buffer may not start between other->offset - before and other->offset + behind. */
typedef struct {
    int64_t before, behind;
} Distance;

static Distance distance(const Schedule *schedule, const Buffer *other, const Buffer *buffer,
                         int64_t align)
{
    for (int i = 0; i < schedule->overlap_count; i++) {
        const Overlap *o = &schedule->overlaps[i];
        if (&schedule->buffers[o->x] == other && &schedule->buffers[o->y] == buffer)
            return (Distance){o->before, o->behind};
        if (&schedule->buffers[o->y] == other && &schedule->buffers[o->x] == buffer)
            return (Distance){o->behind, o->before};
    }
    return (Distance){buffer_size(buffer, align), buffer_size(other, align)};
}

/* The lowest offset at which `buffer` fits beside the `placed` ones, which are in order of their
 * offsets. Those that overlap it may allow a place below them only: then each try starts over. */
static int64_t lowest_fit(const Schedule *schedule, Buffer *const *placed, int count,
                          const Buffer *buffer, int64_t align)
{
    const int64_t size = buffer_size(buffer, align);
    int64_t offset = 0;
    for (int i = 0; i < count && placed[i]->offset < offset + size; i++) {
        const Buffer *other = placed[i];
        if (!meet(buffer, other))
            continue;
        const Distance d = distance(schedule, other, buffer, align);
        if (offset > other->offset - d.before && offset < other->offset + d.behind) {
            offset = rounded(other->offset + d.behind, align);
            i = schedule->overlap_count > 0 ? -1 : i;
        }
    }
    return offset;
}

static void insert(Buffer **placed, int count, Buffer *buffer)
{
    for (; count > 0 && placed[count - 1]->offset > buffer->offset; count--)
        placed[count] = placed[count - 1];
    placed[count] = buffer;
}

/* Places the buffers in this order; how many floats that takes. `placed` has room for them. */
static int64_t place(const Schedule *schedule, Buffer *const *order, Buffer **placed, int count,
                     int64_t align)
{
    int64_t size = 0;
    for (int i = 0; i < count; i++) {
        order[i]->offset = lowest_fit(schedule, placed, i, order[i], align);
        insert(placed, i, order[i]);
        const int64_t end = order[i]->offset + buffer_size(order[i], align);
        size = end > size ? end : size;
    }
    return size;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* What two buffers need together less than one beside the other. */
static int64_t saved(const Schedule *schedule, const Overlap *o, int64_t align)
{
    const int64_t x = buffer_size(&schedule->buffers[o->x], align);
    const int64_t y = buffer_size(&schedule->buffers[o->y], align);
    const int64_t before = larger(y, x + larger(o->before, 0));
    const int64_t behind = larger(x, y + larger(o->behind, 0));
    return larger(x + y - (before < behind ? before : behind), 0);
}

static int64_t largest_sum(const Schedule *schedule, int64_t align)
{
    int64_t most = 0;
    for (int i = 0; i < schedule->buffer_count;
         i++) { /* a maximum starts where some buffer is born */
        const int time = schedule->buffers[i].first;
        int64_t sum = 0;
        for (int k = 0; k < schedule->buffer_count; k++) {
            const Buffer *b = &schedule->buffers[k];
            if (b->home == HOME_ARENA && b->first <= time && time <= b->last)
                sum += buffer_size(b, align);
        }
        for (int k = 0; k < schedule->overlap_count; k++)
            if (schedule->buffers[schedule->overlaps[k].y].first == time)
                sum -= saved(schedule, &schedule->overlaps[k], align);
        most = sum > most ? sum : most;
    }
    return most;
}

enum { TRIES_MOST = 4000, TRIES_WORK = 20000000 };

static int random_below(uint32_t *state, int n)
{
    *state = *state * 1664525u + 1013904223u;
    return (int)((*state >> 8) % (uint32_t)n);
}

static void move(Buffer **order, int from, int to)
{
    Buffer *moved = order[from];
    for (; from > to; from--)
        order[from] = order[from - 1];
    for (; from < to; from++)
        order[from] = order[from + 1];
    order[to] = moved;
}

/* Moves one buffer forward in the order, again and again; what does not need more is kept. The
 * numbers are always the same. */
static int64_t search(const Schedule *schedule, Buffer **order, Buffer **placed, int count,
                      int64_t align, int64_t size)
{
    uint32_t state = 1;
    const int64_t tries = TRIES_WORK / ((int64_t)count * count);
    for (int64_t i = 0; i < tries && i < TRIES_MOST && size > schedule->lower_bound; i++) {
        const int from = random_below(&state, count), to = random_below(&state, from + 1);
        move(order, from, to);
        const int64_t now = place(schedule, order, placed, count, align);
        if (now <= size)
            size = now;
        else
            move(order, to, from);
    }
    return place(schedule, order, placed, count, align);
}

void memory_assign(Arena *arena, Schedule *schedule, int64_t align, int64_t slack)
{
    Buffer **order = ARENA_ARRAY(arena, schedule->buffer_count, Buffer *);
    Buffer **placed = ARENA_ARRAY(arena, schedule->buffer_count, Buffer *);
    int count = 0;
    for (int i = 0; i < schedule->buffer_count; i++)
        if (schedule->buffers[i].home == HOME_ARENA)
            order[count++] = &schedule->buffers[i];
    qsort(order, (size_t)count, sizeof *order, larger_first);
    schedule->lower_bound = largest_sum(schedule, align);
    schedule->arena = place(schedule, order, placed, count, align);
    if (schedule->overlap_count > 0)
        schedule->arena = search(schedule, order, placed, count, align, schedule->arena);
    assert(schedule->arena >= schedule->lower_bound);
    if (count > 0)
        schedule->arena += slack;
}
