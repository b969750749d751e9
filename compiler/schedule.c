/* schedule.c - lifetimes and backward.
 *
 * Steps that take one sample share a loop over the batch with their neighbours: a run. A buffer
 * that lives inside one run needs room for one sample; any other holds the whole batch, and is
 * alive as long as the runs it touches. A step that is recomputed fills its buffers again in
 * backward's run, for one sample. */
#include "schedule.h"

#include <assert.h>
#include <string.h>

#include "lower.h"

static bool keeps_input(const Step *step)
{
    if (step->recipe->elementwise)
        return step->activation->from_input;
    return step->recipe->keeps_input && (!step->recipe->linear || step->trainable);
}

static bool keeps_output(const Step *step)
{
    return step->recipe->keeps_output ||
           (strcmp(step->activation->name, "linear") != 0 && !step->activation->from_input);
}

static void extend(Buffer *buffer, int time)
{
    if (time < buffer->first)
        buffer->first = time;
    if (time > buffer->last)
        buffer->last = time;
}

/* The run of sample-wise steps around forward step s, as [*first, *last]; a batched step is a run
 * of its own. */
static void run_around(const Schedule *schedule, int s, int *first, int *last)
{
    *first = *last = s;
    if (schedule->steps[s].batched)
        return;
    while (*first > 0 && !schedule->steps[*first - 1].batched)
        (*first)--;
    while (*last + 1 < schedule->count && !schedule->steps[*last + 1].batched)
        (*last)++;
}

/* The run of times around `time`: forward, the loss alone, or backward (which mirrors forward). */
static void times_around(const Schedule *schedule, int time, int *first, int *last)
{
    const int n = schedule->count;
    if (time < n) {
        run_around(schedule, time, first, last);
    } else if (time == n) {
        *first = *last = n;
    } else {
        int a, b;
        run_around(schedule, 2 * n - time, &a, &b);
        *first = 2 * n - b;
        *last = 2 * n - a;
    }
}

static void spread_over_batch(const Graph *graph, Schedule *schedule)
{
    for (int i = 0; i < schedule->buffer_count; i++) {
        Buffer *b = &schedule->buffers[i];
        int first, last, first_end, last_start;
        if (b->home != HOME_ARENA || b->samples == 0 || b->recomputed)
            continue;
        times_around(schedule, b->first, &first, &first_end);
        times_around(schedule, b->last, &last_start, &last);
        const bool batched = b->first < schedule->count && schedule->steps[b->first].batched;
        if (first_end == last && !batched && b->first != schedule->count)
            continue;
        b->samples = graph->batch;
        b->first = first;
        b->last = last;
    }
    for (int i = 0; i < schedule->buffer_count; i++) /* buffers of one size for any batch */
        if (schedule->buffers[i].samples == 0)
            schedule->buffers[i].samples = 1;
}

static void live_forward(Schedule *schedule)
{
    for (int i = 0; i < schedule->buffer_count; i++) {
        schedule->buffers[i].first = INT32_MAX;
        schedule->buffers[i].last = -1;
    }
    for (int s = 0; s < schedule->count; s++) {
        extend(&schedule->buffers[schedule->steps[s].x], s);
        extend(&schedule->buffers[schedule->steps[s].y], s);
        if (schedule->steps[s].argmax != STEP_NONE)
            extend(&schedule->buffers[schedule->steps[s].argmax], s);
    }
}

static int own_buffer(Arena *arena, Schedule *schedule, const char *name, int64_t count, int first,
                      int last)
{
    if (count == 0)
        return STEP_NONE;
    const int buffer = schedule_buffer(arena, schedule, name, HOME_ARENA, count);
    schedule->buffers[buffer].first = first;
    schedule->buffers[buffer].last = last;
    return buffer;
}

/* Chooses how a pass is written, and gives it the memory that takes. In
 * training, what is prepared or summed lives as long as the loop over the samples, and is the same
 * for any number of them. */
static void choose_form(Arena *arena, const Plan *plan, Schedule *schedule, Step *step, int time)
{
    const bool backward = time >= schedule->count;
    Pass *pass = backward ? &step->backward_pass : &step->forward_pass;
    const char *d = backward ? "d" : "";
    int first = time, last = time;
    if (!step->recipe->form)
        return;
    const Form form = step->recipe->form(plan, step, backward);
    const bool looped = schedule == &plan->train; /* over samples; predict has one */
    if (looped)
        times_around(schedule, time, &first, &last);
    pass->templates = form.templates;
    pass->work = own_buffer(arena, schedule, arena_printf(arena, "%s%s_work", d, step->name),
                            form.work, time, time);
    pass->prepared =
        own_buffer(arena, schedule, arena_printf(arena, "%s%s_prepared", d, step->name),
                   form.prepared, first, last);
    pass->sums = own_buffer(arena, schedule, arena_printf(arena, "%s%s_sums", d, step->name),
                            form.sums, first, last);
    if (looped && pass->prepared != STEP_NONE)
        schedule->buffers[pass->prepared].samples = 0;
    if (looped && pass->sums != STEP_NONE)
        schedule->buffers[pass->sums].samples = 0;
}

static void add_gradients(Arena *arena, const Plan *plan, Schedule *schedule)
{
    const int n = schedule->count;
    int lowest = n;
    for (int s = n - 1; s >= 0; s--) {
        Step *step = &schedule->steps[s];
        step->trainable =
            step->recipe->linear && step->node->tensor_count > 0 && step->node->trainable;
        if (step->trainable)
            lowest = s;
    }
    for (int s = n - 1; s >= lowest; s--) {
        Step *step = &schedule->steps[s];
        step->backward = true;
        step->wants_dx = s > lowest;
        if (s == n - 1)
            step->dy = schedule_buffer(arena, schedule, arena_printf(arena, "d%s", step->name),
                                       HOME_ARENA, schedule->buffers[step->y].count);
        extend(&schedule->buffers[step->dy], 2 * n - s);
        if (s == n - 1) {
            schedule->buffers[step->dy].first = n;
            extend(&schedule->buffers[step->y], n);
        }
        if (keeps_input(step))
            extend(&schedule->buffers[step->x], 2 * n - s);
        if (keeps_output(step))
            extend(&schedule->buffers[step->y], 2 * n - s);
        if (step->argmax != STEP_NONE)
            extend(&schedule->buffers[step->argmax], 2 * n - s);
        if (step->wants_dx) {
            Step *below = &schedule->steps[step->producer];
            assert(step->producer == s - 1); /* chains: one reader each */
            step->dx = schedule_buffer(arena, schedule, arena_printf(arena, "d%s", below->name),
                                       HOME_ARENA, schedule->buffers[below->y].count);
            schedule->buffers[step->dx].first = schedule->buffers[step->dx].last = 2 * n - s;
            below->dy = step->dx;
        }
        choose_form(arena, plan, schedule, step, 2 * n - s);
    }
}

/* Cross entropy behind softmax and binary cross entropy behind sigmoid give the gradient before the
 * activation. */
static void fuse_loss(const Graph *graph, Schedule *schedule)
{
    Step *last = &schedule->steps[schedule->count - 1];
    const char *activation = last->activation->name;
    last->skip_gradient =
        (graph->loss == LOSS_CROSS_ENTROPY && strcmp(activation, "softmax") == 0) ||
        (graph->loss == LOSS_BINARY_CROSS_ENTROPY && strcmp(activation, "sigmoid") == 0);
}

/* Alive from the first to the last step of the run, forward and backward, for one sample. What the
 * step reads must be there in backward, too. */
static void recompute(Schedule *schedule, int s)
{
    Step *step = &schedule->steps[s];
    const int buffers[] = {step->y, step->argmax};
    int first, last;
    run_around(schedule, s, &first, &last);
    step->recomputed = true;
    extend(&schedule->buffers[step->x], 2 * schedule->count - first);
    for (int i = 0; i < 2; i++) {
        if (buffers[i] == STEP_NONE)
            continue;
        Buffer *buffer = &schedule->buffers[buffers[i]];
        buffer->recomputed = true;
        extend(buffer, first);
        extend(buffer, 2 * schedule->count - first);
    }
}

bool schedule_can_recompute(const Plan *plan, int s)
{
    const Schedule *train = &plan->train;
    const Step *step = &train->steps[s];
    int first, last;
    run_around(train, s, &first, &last);
    return !step->batched && !step->recomputed && s < last && s + 1 < train->count &&
           train->buffers[step->y].samples > 1;
}

static void make_lean(Schedule *schedule, bool lean)
{
    for (int s = 0; s < schedule->count; s++)
        schedule->steps[s].lean = lean;
}

static int64_t alignment(const Plan *plan)
{
    return plan->options.portable ? 1 : ALIGN_VECTOR;
}

void schedule_predict(Arena *arena, Plan *plan)
{
    Schedule *predict = &plan->predict;
    *predict = (Schedule){.count = 0};
    lower_graph(arena, plan->graph, false, plan->options, predict);
    make_lean(predict, plan->lean_predict);
    live_forward(predict);
    for (int s = 0; s < predict->count; s++)
        choose_form(arena, plan, predict, &predict->steps[s], s);
    memory_assign(arena, predict, alignment(plan), plan->slack);
}

void schedule_train(Arena *arena, Plan *plan)
{
    Schedule *train = &plan->train;
    *train = (Schedule){.count = 0};
    lower_graph(arena, plan->graph, true, plan->options, train);
    make_lean(train, plan->lean_train);
    live_forward(train);
    fuse_loss(plan->graph, train);
    for (int s = 0; s < train->count; s++)
        choose_form(arena, plan, train, &train->steps[s], s);
    add_gradients(arena, plan, train);
    for (int s = train->count - 1; plan->recomputed && s >= 0; s--)
        if (plan->recomputed[s])
            recompute(train, s);
    spread_over_batch(plan->graph, train);
    memory_assign(arena, train, alignment(plan), plan->slack);
}
