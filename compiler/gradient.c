/* gradient.c - which steps have a backward pass, and where their gradients are.
 *
 * A buffer of values has one buffer of gradients. Its readers run backward from the last to the
 * first: the last one writes, every other one hands over what it adds. A sum hands on the gradient
 * it got; where nobody changes that too early, its inputs' gradients are the same buffer. */
#include <string.h>

#include "lower.h"
#include "schedule.h"

typedef struct {
    Arena *arena;
    const Plan *plan;
    Schedule *schedule;
    bool *wanted;  /* by buffer of values: whether its gradient is */
    int *gradient; /* by buffer of values: the buffer of its gradient, or STEP_NONE */
} Gradients;

static bool is_linear(const Step *step)
{
    return strcmp(step->activation->name, "linear") == 0;
}

static bool keeps_input(const Step *step)
{
    if (step->recipe->elementwise)
        return step->activation->from_input;
    return step->recipe->keeps_input &&
           (step->node->tensor_count == 0 || step->trainable || step->recipe->bends_input);
}

static bool keeps_output(const Step *step)
{
    return step->recipe->keeps_output || (!is_linear(step) && !step->activation->from_input);
}

static bool is_trainable(const Step *step)
{
    return step->recipe == step->node->kind->recipe && step->node->tensor_count > 0 &&
           step->node->trainable;
}

/* From the first trainable step on; the others have nothing to do backward. */
static void find_wanted(const Gradients *g)
{
    for (int s = 0; s < g->schedule->count; s++) {
        Step *step = &g->schedule->steps[s];
        step->trainable = is_trainable(step);
        step->wants_dx = g->wanted[step->x];
        step->wants_dz = step->z != STEP_NONE && g->wanted[step->z];
        step->backward = step->trainable || step->wants_dx || step->wants_dz;
        g->wanted[step->y] = g->wanted[step->y] || step->backward;
    }
}

static int add_buffer(const Gradients *g, int values, const char *name, int time)
{
    Schedule *schedule = g->schedule;
    const int buffer =
        schedule_buffer(g->arena, schedule, name, HOME_ARENA, schedule->buffers[values].count);
    schedule->buffers[buffer].first = schedule->buffers[buffer].last = time;
    return buffer;
}

static void hand_over(const Gradients *g, Step *step, Handover handover, int time)
{
    step->handovers[step->handover_count++] = handover;
    schedule_extend(&g->schedule->buffers[handover.from], time);
    schedule_extend(&g->schedule->buffers[handover.into], time);
}

/* A buffer for what a step adds to the gradient of `values`. */
static int give_buffer(const Gradients *g, Step *step, int values, View view, int time)
{
    const char *name = g->schedule->buffers[values].name;
    int *gradient = &g->gradient[values];
    if (*gradient == STEP_NONE)
        return *gradient = add_buffer(g, values, arena_printf(g->arena, "d%s", name), time);
    const int own = add_buffer(g, values, arena_printf(g->arena, "d%s_%s", name, step->name), time);
    if (step->batched)
        g->schedule->buffers[own].samples = g->plan->graph->batch;
    hand_over(g, step, (Handover){own, *gradient, view, view, true, false}, time);
    return own;
}

/* Whether the gradient that step s got can stay as it is until the one other step that reads it,
 * the maker of `values`, has done so: whoever changes the gradient of `others` comes later. */
static bool is_read_first(const Gradients *g, int s, int values, int others)
{
    int maker = STEP_NONE;
    for (int t = 0; t < g->schedule->count; t++) {
        const Step *step = &g->schedule->steps[t];
        if (t != s && (step->x == values || step->z == values))
            return false;
        if (step->y != values)
            continue;
        if (maker != STEP_NONE || !is_linear(step) || step->recipe->passes_gradient)
            return false;
        maker = t;
    }
    for (int t = maker < 0 ? 0 : maker; t < g->schedule->count; t++) {
        const Step *step = &g->schedule->steps[t];
        if (t != s && (step->x == others || step->z == others || step->y == others))
            return false;
    }
    return maker != STEP_NONE;
}

static bool is_same_place(const Gradients *g, const Step *step, int values, View view)
{
    const Buffer *in = &g->schedule->buffers[values], *out = &g->schedule->buffers[step->y];
    return !view.cropped && in->count == out->count && view.origin == step->yv.origin &&
           view.row == step->yv.row && view.pixel == step->yv.pixel;
}

/* The gradient of step s goes on to one of its inputs. */
static void pass_on(const Gradients *g, int s, int values, View view, bool share, int time)
{
    Step *step = &g->schedule->steps[s];
    int *gradient = &g->gradient[values];
    const bool add = *gradient != STEP_NONE;
    if (!add && share && is_same_place(g, step, values, view)) {
        *gradient = step->dy;
        return;
    }
    if (!add)
        *gradient = add_buffer(
            g, values, arena_printf(g->arena, "d%s", g->schedule->buffers[values].name), time);
    hand_over(g, step, (Handover){step->dy, *gradient, step->yv, view, add, !add && view.cropped},
              time);
}

/* Copies come before the gradient is shared. */
static void pass_gradient(const Gradients *g, int s, int time)
{
    const Step *step = &g->schedule->steps[s];
    const int x = step->x, z = step->z;
    const bool z_first = z != STEP_NONE && step->wants_dz && step->wants_dx;
    const bool both = z_first && x != z && (is_read_first(g, s, z, x) || is_read_first(g, s, x, z));
    if (step->wants_dz)
        pass_on(g, s, z, step->zv, both || !step->wants_dx, time);
    if (step->wants_dx)
        pass_on(g, s, x, step->xv, true, time);
}

static void add_backward(const Gradients *g, int s)
{
    Schedule *schedule = g->schedule;
    const int time = 2 * schedule->count - s;
    Step *step = &schedule->steps[s];
    step->dy = g->gradient[step->y];
    schedule_extend(&schedule->buffers[step->dy], time);
    if (keeps_input(step)) {
        schedule_extend(&schedule->buffers[step->x], time);
        if (step->z != STEP_NONE)
            schedule_extend(&schedule->buffers[step->z], time);
    }
    if (keeps_output(step))
        schedule_extend(&schedule->buffers[step->y], time);
    if (step->argmax != STEP_NONE)
        schedule_extend(&schedule->buffers[step->argmax], time);
    if (step->kept != STEP_NONE)
        schedule_extend(&schedule->buffers[step->kept], time);
    if (step->recipe->passes_gradient) {
        pass_gradient(g, s, time);
        return;
    }
    step->clears_dx = step->wants_dx && step->xv.cropped && g->gradient[step->x] == STEP_NONE;
    if (step->wants_dx)
        step->dx = give_buffer(g, step, step->x, step->xv, time);
    step->clears_dz = step->wants_dz && step->zv.cropped && g->gradient[step->z] == STEP_NONE;
    if (step->wants_dz)
        step->dz = give_buffer(g, step, step->z, step->zv, time);
}

void schedule_gradients(Arena *arena, const Plan *plan, Schedule *schedule)
{
    const int n = schedule->count, values = schedule->buffer_count;
    Gradients g = {arena, plan, schedule, ARENA_ARRAY(arena, values, bool),
                   ARENA_ARRAY(arena, values, int)};
    for (int i = 0; i < values; i++)
        g.gradient[i] = STEP_NONE;
    find_wanted(&g);
    const int output = schedule->steps[n - 1].y;
    g.gradient[output] =
        add_buffer(&g, output, arena_printf(arena, "d%s", schedule->buffers[output].name), n);
    schedule_extend(&schedule->buffers[output], n);
    schedule->steps[n - 1].dy = g.gradient[output]; /* also where it only copies what is frozen */
    for (int s = n - 1; s >= 0; s--)
        if (schedule->steps[s].backward) {
            add_backward(&g, s);
            schedule_choose_form(arena, plan, schedule, &schedule->steps[s], 2 * n - s);
        }
}
