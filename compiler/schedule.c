/* schedule.c - lifetimes and backward.
 *
 * Steps that take one sample share a loop over the batch with their neighbours: a run. A buffer
 * that lives inside one run needs room for one sample; any other holds the whole batch, and is
 * alive as long as the runs it touches. A step that is recomputed fills its buffers again in
 * backward's run, for one sample. */
#include "schedule.h"

#include <string.h>

#include "lowering.h"

void schedule_extend(Buffer *buffer, int time)
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
        schedule_extend(&schedule->buffers[schedule->steps[s].x], s);
        schedule_extend(&schedule->buffers[schedule->steps[s].y], s);
        if (schedule->steps[s].z != STEP_NONE)
            schedule_extend(&schedule->buffers[schedule->steps[s].z], s);
        if (schedule->steps[s].argmax != STEP_NONE)
            schedule_extend(&schedule->buffers[schedule->steps[s].argmax], s);
        if (schedule->steps[s].kept != STEP_NONE)
            schedule_extend(&schedule->buffers[schedule->steps[s].kept], s);
    }
}

static bool is_same_view(View a, View b)
{
    return !a.cropped && shape_count(a.shape) == shape_count(b.shape) && a.origin == b.origin &&
           a.row == b.row && a.pixel == b.pixel;
}

/* Whether step s may write its output over an input at `view` of buffer `in`. */
static bool can_reuse(const Schedule *schedule, int s, int in, View view)
{
    const Step *step = &schedule->steps[s];
    const Buffer *x = &schedule->buffers[in], *y = &schedule->buffers[step->y];
    return x->home == HOME_ARENA && y->home == HOME_ARENA && x->last == s && y->first == s &&
           x->count == y->count && is_same_view(view, step->yv) && in != step->y;
}

/* Outputs that can take the place of an input do. */
static void reuse_inputs(Schedule *schedule)
{
    for (int s = 0; s < schedule->count; s++) {
        Step *step = &schedule->steps[s];
        const int y = step->y, z = step->z;
        if (!step->recipe->in_place || step->x == z)
            continue;
        if (z != STEP_NONE && !can_reuse(schedule, s, step->x, step->xv) &&
            can_reuse(schedule, s, z, step->zv)) {
            const View view = step->zv;
            step->z = step->x;
            step->zv = step->xv;
            step->x = z;
            step->xv = view;
        }
        if (!can_reuse(schedule, s, step->x, step->xv))
            continue;
        schedule->buffers[step->x].last = schedule->buffers[y].last;
        schedule->buffers[y].home = HOME_ALIAS;
        step->in_place = true;
        for (int t = s; t < schedule->count; t++) {
            Step *other = &schedule->steps[t];
            other->x = other->x == y ? step->x : other->x;
            other->y = other->y == y ? step->x : other->y;
            other->z = other->z == y ? step->x : other->z;
        }
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

/* The scale and the shift of a norm are made before the loop over the samples, and stay for
 * backward. To save memory a step works the shift out itself. */
static void add_norm_values(Arena *arena, const Plan *plan, Schedule *schedule, Step *step,
                            int time)
{
    int first = time, last = time, unused;
    if (schedule == &plan->train) {
        times_around(schedule, time, &first, &last);
        times_around(schedule, 2 * schedule->count - time, &unused, &last);
    }
    step->norm_values = own_buffer(arena, schedule, arena_printf(arena, "%s_norm", step->name),
                                   (step->clips ? 1 : 2) * step->norm->in.c, first, last);
    if (schedule == &plan->train)
        schedule->buffers[step->norm_values].samples = 0;
}

void schedule_choose_form(Arena *arena, const Plan *plan, Schedule *schedule, Step *step, int time)
{
    const bool backward = time >= schedule->count;
    Pass *pass = backward ? &step->backward_pass : &step->forward_pass;
    const char *d = backward ? "d" : "";
    int first = time, last = time;
    if (step->norm && !backward && step->norm_values == STEP_NONE)
        add_norm_values(arena, plan, schedule, step, time);
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
 * step reads and works with must be there in backward, too. */
static void recompute(Schedule *schedule, int s)
{
    Step *step = &schedule->steps[s];
    const int buffers[] = {step->y, step->argmax, step->kept, step->forward_pass.work};
    const int needed[] = {step->x, step->z, step->forward_pass.prepared};
    int first, last;
    run_around(schedule, s, &first, &last);
    step->recomputed = true;
    for (int i = 0; i < 3; i++)
        if (needed[i] != STEP_NONE)
            schedule_extend(&schedule->buffers[needed[i]], 2 * schedule->count - first);
    for (int i = 0; i < 4; i++) {
        if (buffers[i] == STEP_NONE)
            continue;
        Buffer *buffer = &schedule->buffers[buffers[i]];
        buffer->recomputed = true;
        schedule_extend(buffer, first);
        schedule_extend(buffer, 2 * schedule->count - first);
    }
}

/* Whether the output of step s is all its own, and read in the run [first, last] only. */
static bool stays_in_run(const Schedule *schedule, int s, int first, int last)
{
    const int y = schedule->steps[s].y;
    for (int t = 0; t < schedule->count; t++) {
        const Step *other = &schedule->steps[t];
        if ((other->y == y && t != s) ||
            ((other->x == y || other->z == y) && (t < first || t > last)))
            return false;
    }
    return true;
}

bool schedule_can_recompute(const Plan *plan, int s)
{
    const Schedule *train = &plan->train;
    const Step *step = &train->steps[s];
    int first, last;
    run_around(train, s, &first, &last);
    return !step->batched && !step->recomputed && s < last && s + 1 < train->count &&
           train->buffers[step->y].samples > 1 && stays_in_run(train, s, first, last);
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

/* Whether a step may read beyond a buffer's last value. */
static bool reads_beyond(const Step *step)
{
    const Recipe *recipe = step->recipe;
    return !step->clips && !recipe->in_order && recipe != &recipe_pad && recipe != &recipe_add &&
           (!recipe->clips || step->norm) && (!recipe->whole_batch || step->norm);
}

/* Every byte counts: buffers stand where they fit, nothing behind them. A step that neither has
 * zeros to do without nor writes over its input gets its faster form back. */
static void pack(Arena *arena, Plan *plan)
{
    Schedule *predict = &plan->predict;
    int64_t slack = 0;
    overlap_find(arena, plan, predict);
    for (int s = 0; s < predict->count; s++)
        if (reads_beyond(&predict->steps[s]))
            slack = plan->slack;
    memory_assign(arena, predict, 1, slack);
    overlap_settle(predict);
    for (int s = 0; s < predict->count; s++) {
        Step *step = &predict->steps[s];
        if (!step->clips || step->over || step->norm ||
            !padding_is_zero(step->node->window.padding))
            continue;
        step->clips = false;
        schedule_choose_form(arena, plan, predict, step, s);
    }
}

void schedule_predict(Arena *arena, Plan *plan)
{
    Schedule *predict = &plan->predict;
    *predict = (Schedule){.count = 0};
    lower_graph(arena, plan->graph, false, plan->packed_predict, plan->options, predict);
    make_lean(predict, plan->lean_predict);
    live_forward(predict);
    reuse_inputs(predict);
    for (int s = 0; s < predict->count; s++)
        schedule_choose_form(arena, plan, predict, &predict->steps[s], s);
    if (plan->packed_predict)
        pack(arena, plan);
    else
        memory_assign(arena, predict, alignment(plan), plan->slack);
}

void schedule_train(Arena *arena, Plan *plan)
{
    Schedule *train = &plan->train;
    *train = (Schedule){.count = 0};
    lower_graph(arena, plan->graph, true, false, plan->options, train);
    make_lean(train, plan->lean_train);
    live_forward(train);
    fuse_loss(plan->graph, train);
    for (int s = 0; s < train->count; s++)
        schedule_choose_form(arena, plan, train, &train->steps[s], s);
    schedule_gradients(arena, plan, train);
    for (int s = train->count - 1; plan->recomputed && s >= 0; s--)
        if (plan->recomputed[s])
            recompute(train, s);
    spread_over_batch(plan->graph, train);
    memory_assign(arena, train, alignment(plan), plan->slack);
}
