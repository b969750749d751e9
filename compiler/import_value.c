/* import_value.c - where the numbers of a value lie in the output of a layer. */
#include "import_graph.h"

#include <string.h>

int64_t import_size(const Placed *v)
{
    int64_t count = 1;
    for (int i = 0; i < v->rank; i++)
        count *= i == v->batch_axis ? 1 : v->dims[i];
    return count;
}

static int first_part(const Placed *v, int axis)
{
    int first = 0;
    for (int i = 0; i < axis; i++)
        first += v->counts[i];
    return first;
}

void import_lay_out(Placed *v, const int *axes, int count)
{
    int64_t strides[RANK_MOST] = {0}, stride = 1;
    for (int i = count - 1; i >= 0; i--) {
        strides[axes[i]] = stride;
        stride *= v->dims[axes[i]];
    }
    v->part_count = 0;
    for (int i = 0; i < v->rank; i++) {
        v->counts[i] = v->dims[i] > 1;
        if (v->dims[i] > 1)
            v->parts[v->part_count++] = (Part){v->dims[i], i == v->batch_axis ? BATCH : strides[i]};
    }
}

bool import_lies_as(const Placed *v, const int *axes, int count)
{
    bool listed[RANK_MOST] = {false};
    int64_t stride = 1;
    for (int i = count - 1; i >= 0; i--) {
        const int axis = axes[i], first = first_part(v, axis);
        listed[axis] = true;
        for (int k = first + v->counts[axis] - 1; k >= first; k--) {
            if (v->parts[k].stride != stride)
                return false;
            stride *= v->parts[k].size;
        }
    }
    for (int i = 0; i < v->rank; i++)
        if (!listed[i] && i != v->batch_axis && v->dims[i] != 1)
            return false;
    return true;
}

/* Parts that follow each other in memory become one. */
static void join_parts(Placed *v)
{
    int part = 0, out = 0;
    for (int axis = 0; axis < v->rank; axis++) {
        const int start = out, count = v->counts[axis];
        for (int i = 0; i < count; i++) {
            const Part p = v->parts[part++];
            Part *last = out > start ? &v->parts[out - 1] : NULL;
            if (last && last->stride == p.stride * p.size && p.stride != BATCH) {
                last->size *= p.size;
                last->stride = p.stride;
            } else
                v->parts[out++] = p;
        }
        v->counts[axis] = out - start;
    }
    v->part_count = out;
}

bool import_is_like(const Placed *a, const Placed *b)
{
    Placed x = *a, y = *b;
    join_parts(&x);
    join_parts(&y);
    if (x.rank != y.rank || x.part_count != y.part_count)
        return false;
    for (int i = 0; i < x.rank; i++)
        if (x.dims[i] != y.dims[i] || x.counts[i] != y.counts[i])
            return false;
    for (int i = 0; i < x.part_count; i++)
        if (x.parts[i].size != y.parts[i].size || x.parts[i].stride != y.parts[i].stride)
            return false;
    return true;
}

bool import_samples_mix(const Placed *v)
{
    for (int axis = 0, part = 0; axis < v->rank; axis++)
        for (int i = 0; i < v->counts[axis]; i++, part++)
            if (v->parts[part].stride == BATCH && (v->counts[axis] > 1 || axis != v->batch_axis))
                return true;
    return false;
}

/* Where the axis of samples is in a new shape: where its part is, or, of one sample, in front. */
static int find_batch(const Placed *v, bool had)
{
    for (int axis = 0, part = 0; axis < v->rank; axis++)
        for (int i = 0; i < v->counts[axis]; i++, part++)
            if (v->parts[part].stride == BATCH)
                return axis;
    return had && v->rank > 0 && v->dims[0] == 1 ? 0 : NO_AXIS;
}

bool import_reshape(Placed *v, const int64_t *dims, int rank)
{
    Placed out = *v, in = *v;
    int from = 0;
    /* One axis with all parts, so that those that follow each other are one. */
    Placed line = {.rank = 1, .part_count = in.part_count, .counts = {in.part_count}};
    memcpy(line.parts, in.parts, sizeof in.parts);
    join_parts(&line);
    out.rank = rank;
    out.part_count = 0;
    for (int axis = 0; axis < rank; axis++) {
        int64_t rest = out.dims[axis] = dims[axis];
        out.counts[axis] = 0;
        while (rest > 1) {
            Part *p = &line.parts[from];
            if (from >= line.part_count || out.part_count >= PARTS_MOST)
                return false;
            Part take = *p;
            if (rest % p->size == 0)
                from++;
            else if (p->size % rest == 0 && p->stride != BATCH) {
                take = (Part){rest, p->stride * (p->size / rest)};
                p->size /= rest;
            } else
                return false;
            rest /= take.size;
            out.parts[out.part_count++] = take;
            out.counts[axis]++;
        }
    }
    if (from != line.part_count)
        return false;
    out.batch_axis = find_batch(&out, v->batch_axis != NO_AXIS);
    *v = out;
    return true;
}

void import_transpose(Placed *v, const int *order)
{
    Placed out = *v;
    out.part_count = 0;
    for (int i = 0; i < v->rank; i++) {
        const int axis = order[i], first = first_part(v, axis);
        out.dims[i] = v->dims[axis];
        out.counts[i] = v->counts[axis];
        for (int k = 0; k < v->counts[axis]; k++)
            out.parts[out.part_count++] = v->parts[first + k];
        if (axis == v->batch_axis)
            out.batch_axis = i;
    }
    *v = out;
}

static int64_t place_on_axis(const Placed *v, int axis, int64_t index)
{
    int64_t place = 0;
    const int first = first_part(v, axis);
    for (int k = first + v->counts[axis] - 1; k >= first; k--) {
        const Part p = v->parts[k];
        place += p.stride == BATCH ? 0 : index % p.size * p.stride;
        index /= p.size;
    }
    return place;
}

int64_t *import_places(Arena *arena, const Placed *v, int axis)
{
    int64_t *places = ARENA_ARRAY(arena, v->dims[axis], int64_t);
    for (int64_t i = 0; i < v->dims[axis]; i++)
        places[i] = place_on_axis(v, axis, i);
    return places;
}

int64_t import_place(const Placed *v, const int64_t *index)
{
    int64_t place = 0;
    for (int axis = 0; axis < v->rank; axis++)
        place += place_on_axis(v, axis, index[axis]);
    return place;
}

int import_axis(const Placed *v, int64_t axis)
{
    if (axis < 0)
        axis += v->rank;
    return axis < 0 || axis >= v->rank ? NO_AXIS : (int)axis;
}
