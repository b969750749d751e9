/* report_memory.c - the buffers of a schedule in time and address, and whose they are. */
#include "report.h"

#include <string.h>

typedef struct {
    const char *use;  /* "value", "gradient", "kept" or "work" */
    const Step *step; /* the first that has it */
} Owner;

static void own(const Schedule *s, Owner *owners, int buffer, const Step *step, const char *use)
{
    if (buffer != STEP_NONE && s->buffers[buffer].home == HOME_ARENA && !owners[buffer].step)
        owners[buffer] = (Owner){use, step};
}

static void own_pass(const Schedule *s, Owner *owners, const Pass *pass, const Step *step)
{
    own(s, owners, pass->prepared, step, "work");
    own(s, owners, pass->sums, step, "work");
    own(s, owners, pass->work, step, "work");
}

static Owner *find_owners(Arena *arena, const Schedule *s)
{
    Owner *owners = ARENA_ARRAY(arena, s->buffer_count, Owner);
    for (int i = 0; i < s->count; i++)
        own(s, owners, s->steps[i].y, &s->steps[i], "value");
    for (int i = 0; i < s->count; i++) {
        const Step *step = &s->steps[i];
        own_pass(s, owners, &step->forward_pass, step);
        own(s, owners, step->norm_values, step, "work");
        own(s, owners, step->kept, step, "kept");
        own(s, owners, step->argmax, step, "kept");
        if (s->steps[i].backward) {
            own_pass(s, owners, &step->backward_pass, step);
            own(s, owners, step->dy, step, "gradient");
            own(s, owners, step->dx, step, "gradient");
            own(s, owners, step->dz, step, "gradient");
        }
    }
    return owners;
}

static int64_t real_bytes(const Plan *plan)
{
    return plan->options.real64 ? 8 : 4;
}

int64_t report_node_bytes(const Plan *plan, const Node *node, bool training)
{
    Arena *arena = arena_new();
    const Schedule *s = training ? &plan->train : &plan->predict;
    const Owner *owners = find_owners(arena, s);
    int64_t bytes = 0;
    for (int i = 0; i < s->buffer_count; i++)
        if (owners[i].step && owners[i].step->node == node)
            bytes += s->buffers[i].count * s->buffers[i].samples * real_bytes(plan);
    arena_free(arena);
    return bytes;
}

/* Floats that an output and the input it is written over have both. */
static int64_t shared(const Schedule *s, const Overlap *o)
{
    const Buffer *x = &s->buffers[o->x], *y = &s->buffers[o->y];
    const int64_t start = x->offset > y->offset ? x->offset : y->offset;
    const int64_t x_end = x->offset + x->count, y_end = y->offset + y->count;
    const int64_t end = x_end < y_end ? x_end : y_end;
    return end > start ? end - start : 0;
}

/* What is alive at each time, in bytes. */
static Value *alive_value(Arena *arena, const Schedule *s, int64_t times, int64_t real)
{
    Value *alive = value_table(arena);
    for (int64_t t = 0; t < times; t++) {
        int64_t sum = 0;
        for (int i = 0; i < s->buffer_count; i++) {
            const Buffer *b = &s->buffers[i];
            if (b->home == HOME_ARENA && b->first <= t && t <= b->last)
                sum += b->count * b->samples * real;
        }
        for (int i = 0; i < s->overlap_count; i++)
            if (s->buffers[s->overlaps[i].y].first == t)
                sum -= shared(s, &s->overlaps[i]) * real;
        value_add(arena, alive, value_int(arena, sum));
    }
    return alive;
}

static Value *schedule_value(Arena *arena, const Plan *plan, const Schedule *s, bool training)
{
    const int64_t real = real_bytes(plan), times = training ? 2 * s->count + 1 : s->count;
    const Owner *owners = find_owners(arena, s);
    Value *table = value_table(arena), *buffers = value_table(arena), *steps = value_table(arena);
    for (int i = 0; i < s->buffer_count; i++) {
        const Buffer *b = &s->buffers[i];
        if (b->home != HOME_ARENA || b->count == 0)
            continue;
        Value *buffer = value_table(arena);
        value_set_string(arena, buffer, "name", b->name);
        value_set_string(arena, buffer, "use", owners[i].use ? owners[i].use : "value");
        value_set_int(arena, buffer, "offset", b->offset * real);
        value_set_int(arena, buffer, "bytes", b->count * b->samples * real);
        value_set_int(arena, buffer, "samples", b->samples);
        value_set_int(arena, buffer, "first", b->first);
        value_set_int(arena, buffer, "last", b->last);
        value_add(arena, buffers, buffer);
    }
    for (int i = 0; i < s->count; i++)
        value_add(arena, steps, value_string(arena, s->steps[i].name));
    value_set(arena, table, "buffers", buffers);
    value_set(arena, table, "steps", steps);
    value_set(arena, table, "alive", alive_value(arena, s, times, real));
    value_set_int(arena, table, "times", times);
    value_set_int(arena, table, "bytes", s->arena * real);
    value_set_int(arena, table, "lower_bound", s->lower_bound * real);
    return table;
}

void report_memory(Arena *arena, Value *report, const Plan *plan)
{
    Value *memory = value_table(arena);
    value_set(arena, memory, "predict", schedule_value(arena, plan, &plan->predict, false));
    if (plan->train.count > 0)
        value_set(arena, memory, "train", schedule_value(arena, plan, &plan->train, true));
    value_set(arena, report, "memory", memory);
}
