/* plan.c - lifetimes, backward and the layout of the parameters.
 *
 * Steps that take one sample share a loop over the batch with their neighbours: a run. A buffer
 * that lives inside one run needs room for one sample; any other holds the whole batch, and is
 * alive as long as the runs it touches. */
#include "plan.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "lower.h"

enum { ALIGN_VECTOR = 16, LARGE_TENSOR = 256, UPDATED_LEAST = 4096 };

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
        if (b->home != HOME_ARENA || b->samples == 0)
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

/* A layer with a large kernel whose gradient is complete after one step, under an optimizer that
 * needs nothing else: it is updated tile by tile, and its gradient is never written. With several
 * parts it is complete only in their sum. */
static bool updates_at_once(const Plan *plan, const Node *node)
{
    const Optimizer *optimizer = &plan->graph->optimizer;
    return plan->parts == 1 && plan->options.unroll == UNROLL_AUTO &&
           optimizer->kind == OPTIMIZER_SGD && optimizer->clip_norm == 0 && node->kind->recipe &&
           node->kind->recipe->updates_kernel && node->trainable &&
           node->tensors[0].count >= UPDATED_LEAST;
}

static const Node *tensor_owner(const Graph *graph, const Tensor *tensor)
{
    for (int i = 1; i < graph->node_count; i++)
        for (int k = 0; k < graph->nodes[i].tensor_count; k++)
            if (&graph->nodes[i].tensors[k] == tensor)
                return &graph->nodes[i];
    return NULL;
}

enum { SUMMED, AT_ONCE, FROZEN, CLASSES };

static int tensor_class(const Plan *plan, const Tensor *tensor)
{
    if (!tensor->trainable)
        return FROZEN;
    return updates_at_once(plan, tensor_owner(plan->graph, tensor)) ? AT_ONCE : SUMMED;
}

/* First what is trained by summed gradients, then what is updated at once, then what is frozen. */
static void place_params(Arena *arena, Plan *plan)
{
    const Tensor **tensors;
    const int64_t align = plan->options.portable ? 1 : ALIGN_VECTOR;
    int64_t at = 0;
    plan->slot_count = graph_tensors(arena, plan->graph, &tensors);
    plan->slots = ARENA_ARRAY(arena, plan->slot_count, Slot);
    for (int class = 0; class < 3; class ++) {
        for (int i = 0; i < plan->slot_count; i++) {
            if (tensor_class(plan, tensors[i]) != class)
                continue;
            const int64_t pad =
                tensors[i]->count >= LARGE_TENSOR ? (align - at % align) % align : 0;
            plan->slots[i] = (Slot){tensors[i], at + pad, pad};
            at += pad + tensors[i]->count;
        }
        if (class == SUMMED)
            plan->summed = at;
        if (class == AT_ONCE)
            plan->trainable = at;
    }
    plan->params = at + plan->slack;
}

static bool check_unrolled(Diag *diag, const Plan *plan)
{
    const int before = diag->errors;
    for (int i = 1; i < plan->graph->node_count; i++) {
        const Node *node = &plan->graph->nodes[i];
        const Size k = node->window.kernel;
        const int64_t statements =
            node->macs.value > 0 ? node->macs.value : shape_count(node->out) * k.h * k.w;
        if (statements > UNROLL_MOST)
            diag_error(diag, node->span,
                       "%s: --unroll full would write %" PRId64 " statements; at most %d a layer",
                       node->name, statements, UNROLL_MOST);
    }
    return diag->errors == before;
}

static void plan_train(Arena *arena, Plan *plan)
{
    Schedule *train = &plan->train;
    lower_graph(arena, plan->graph, true, plan->options, train);
    live_forward(train);
    fuse_loss(plan->graph, train);
    for (int s = 0; s < train->count; s++)
        choose_form(arena, plan, train, &train->steps[s], s);
    add_gradients(arena, plan, train);
    spread_over_batch(plan->graph, train);
    memory_assign(arena, train, plan->options.portable ? 1 : ALIGN_VECTOR, plan->slack);
}

static int count_moments(OptimizerKind kind)
{
    return kind == OPTIMIZER_SGD ? 0 : kind == OPTIMIZER_ADAM || kind == OPTIMIZER_ADAMW ? 2 : 1;
}

static void count_bytes(Plan *plan)
{
    const int64_t real = plan->options.real64 ? 8 : 4;
    const int64_t scratch = plan->predict.arena > 0 ? plan->predict.arena : 1;
    plan->params_bytes = (plan->params > 0 ? plan->params : 1) * real;
    plan->scratch_bytes = scratch * real;
    if (plan->train.count == 0)
        return;
    plan->moments = count_moments(plan->graph->optimizer.kind);
    /* a 64-bit seed in front, the gradients behind; whole 8-byte words. Several parts leave their
     * outputs in one place. */
    const int64_t grads = plan->summed + plan->slack > 0 ? plan->summed + plan->slack : 1;
    const int64_t part = plan->train.arena + grads;
    const int64_t output = shape_count(plan->graph->nodes[plan->graph->node_count - 1].out);
    const int64_t outputs = plan->parts > 1 ? plan->batch * output : 0;
    plan->tape_bytes = (8 + (plan->parts * part + outputs) * real + 7) / 8 * 8;
    plan->optimizer_bytes = (8 + plan->moments * plan->trainable * real + 7) / 8 * 8;
}

/* How many parts a batch has: a thread without a sample would only cost memory. */
static int count_parts(Diag *diag, const Graph *graph, PlanOptions options)
{
    if (options.threads <= 1)
        return 1;
    if (graph->trainable_count == 0) {
        diag_warning(diag, (Span){0}, "--threads %d: nothing to train, predict has one thread",
                     options.threads);
        return 1;
    }
    if (options.threads <= graph->batch)
        return options.threads;
    diag_warning(diag, (Span){0}, "--threads %d: a batch of %" PRId64 " is split over %" PRId64,
                 options.threads, graph->batch, graph->batch);
    return (int)graph->batch;
}

/* The graph with the largest batch that a part gets. */
static const Graph *graph_of_part(Arena *arena, const Graph *graph, int parts)
{
    if (parts == 1)
        return graph;
    Graph *part = ARENA_NEW(arena, Graph);
    *part = *graph;
    part->batch = (graph->batch + parts - 1) / parts;
    return part;
}

Plan *plan_build(Arena *arena, Diag *diag, const Graph *graph, PlanOptions options)
{
    Plan *plan = ARENA_NEW(arena, Plan);
    plan->options = options;
    plan->parts = count_parts(diag, graph, options);
    plan->batch = graph->batch;
    plan->graph = graph = graph_of_part(arena, graph, plan->parts);
    plan->slack = options.portable || options.unroll != UNROLL_AUTO ? 0 : ALIGN_VECTOR;
    if (options.unroll == UNROLL_FULL && !check_unrolled(diag, plan))
        return NULL;
    place_params(arena, plan);
    lower_graph(arena, graph, false, options, &plan->predict);
    live_forward(&plan->predict);
    for (int s = 0; s < plan->predict.count; s++)
        choose_form(arena, plan, &plan->predict, &plan->predict.steps[s], s);
    memory_assign(arena, &plan->predict, options.portable ? 1 : ALIGN_VECTOR, plan->slack);
    if (!options.inference && graph->trainable_count > 0)
        plan_train(arena, plan);
    count_bytes(plan);
    return plan;
}

static void dump_schedule(Text *out, const char *name, const Schedule *schedule)
{
    text_printf(out, "%s: %d steps, arena %" PRId64 " floats (lower bound %" PRId64 ")\n", name,
                schedule->count, schedule->arena, schedule->lower_bound);
    for (int i = 0; i < schedule->count; i++) {
        const Step *s = &schedule->steps[i];
        text_printf(out, "  step %d %s (%s)%s%s%s: %s -> %s\n", i, s->name,
                    s->forward_pass.templates, s->batched ? " batched" : "",
                    s->backward ? " backward" : "", s->wants_dx ? " dx" : "",
                    schedule->buffers[s->x].name, schedule->buffers[s->y].name);
    }
    for (int i = 0; i < schedule->buffer_count; i++) {
        const Buffer *b = &schedule->buffers[i];
        if (b->home == HOME_ARENA)
            text_printf(out,
                        "  buffer %s: %" PRId64 " x %" PRId64 " floats at %" PRId64
                        ", times %d to %d\n",
                        b->name, b->samples, b->count, b->offset, b->first, b->last);
    }
}

void plan_dump(Text *out, const Plan *plan)
{
    dump_schedule(out, "predict", &plan->predict);
    if (plan->train.count > 0)
        dump_schedule(out, "train", &plan->train);
    if (plan->parts > 1)
        text_printf(out, "train has %d parts of at most %" PRId64 " samples\n", plan->parts,
                    plan->graph->batch);
    for (int i = 0; i < plan->slot_count; i++)
        text_printf(out, "tensor %s.%s at %" PRId64 "\n", plan->slots[i].tensor->layer,
                    plan->slots[i].tensor->name, plan->slots[i].offset);
    text_printf(out,
                "bytes: params %" PRId64 ", scratch %" PRId64 ", tape %" PRId64
                ", optimizer %" PRId64 "\n",
                plan->params_bytes, plan->scratch_bytes, plan->tape_bytes, plan->optimizer_bytes);
}
