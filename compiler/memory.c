/* memory.c - one arena, buffers that overlap by lifetime.
 *
 * Largest first, each at the lowest address where it meets no buffer alive at the same time: for
 * chains this reaches the lower bound, the largest sum of what is alive at one moment, nearly
 * always; `summary` prints both. */
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

/* The lowest offset at which `buffer` fits beside the `placed` ones, which are in order of their
 * offsets. */
static int64_t lowest_fit(Buffer *const *placed, int count, const Buffer *buffer, int64_t align)
{
    const int64_t size = buffer_size(buffer, align);
    int64_t offset = 0;
    for (int i = 0; i < count && placed[i]->offset < offset + size; i++) {
        const int64_t end = placed[i]->offset + buffer_size(placed[i], align);
        if (end > offset && meet(buffer, placed[i]))
            offset = end;
    }
    return offset;
}

static void insert(Buffer **placed, int count, Buffer *buffer)
{
    for (; count > 0 && placed[count - 1]->offset > buffer->offset; count--)
        placed[count] = placed[count - 1];
    placed[count] = buffer;
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
        most = sum > most ? sum : most;
    }
    return most;
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
    schedule->arena = 0;
    for (int i = 0; i < count; i++) {
        Buffer *buffer = order[i];
        buffer->offset = lowest_fit(placed, i, buffer, align);
        insert(placed, i, buffer);
        const int64_t end = buffer->offset + buffer_size(buffer, align);
        if (end > schedule->arena)
            schedule->arena = end;
    }
    schedule->lower_bound = largest_sum(schedule, align);
    assert(schedule->arena >= schedule->lower_bound);
    if (count > 0)
        schedule->arena += slack;
}
