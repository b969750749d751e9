/* plan.c - the layout of the parameters, what everything costs, and the order of planning. */
#include "plan.h"

#include <inttypes.h>
#include <string.h>

#include "schedule.h"

enum { LARGE_TENSOR = 256, UPDATED_LEAST = 4096 };

/* A layer with a large kernel whose gradient is complete after one step, under an optimizer that
 * needs nothing else: it is updated tile by tile, and its gradient is never written. With several
 * parts it is complete only in their sum. */
static bool updates_at_once(const Plan *plan, const Node *node)
{
    const Optimizer *optimizer = &plan->graph->optimizer;
    return plan->parts == 1 && !plan->options.portable && plan->options.unroll == UNROLL_AUTO &&
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

enum { STATISTIC, SUMMED, AT_ONCE, FROZEN, CLASSES };

static int tensor_class(const Plan *plan, const Tensor *tensor)
{
    if (plan->options.inference)
        return FROZEN; /* all of them, in canonical order */
    if (tensor->statistic)
        return STATISTIC;
    if (!tensor->trainable)
        return FROZEN;
    return updates_at_once(plan, tensor_owner(plan->graph, tensor)) ? AT_ONCE : SUMMED;
}

/* First what follows the batches, then what is trained by summed gradients, then what is updated at
 * once, then what is frozen. */
static void place_params(Arena *arena, Plan *plan)
{
    const Tensor **tensors;
    const int64_t align = plan->options.portable ? 1 : ALIGN_VECTOR;
    int64_t at = 0;
    plan->slot_count = graph_tensors(arena, plan->graph, &tensors);
    plan->slots = ARENA_ARRAY(arena, plan->slot_count, Slot);
    for (int class = 0; class < CLASSES; class ++) {
        for (int i = 0; i < plan->slot_count; i++) {
            if (tensor_class(plan, tensors[i]) != class)
                continue;
            const int64_t pad =
                tensors[i]->count >= LARGE_TENSOR ? (align - at % align) % align : 0;
            plan->slots[i] = (Slot){tensors[i], at + pad, pad};
            at += pad + tensors[i]->count;
        }
        if (class == STATISTIC)
            plan->statistics = at;
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

static int count_moments(OptimizerKind kind)
{
    return kind == OPTIMIZER_SGD ? 0 : kind == OPTIMIZER_ADAM || kind == OPTIMIZER_ADAMW ? 2 : 1;
}

/* A 64-bit number and this behind it, as whole 8-byte words; `pad` becomes the floats that fill the
 * last one. They are written out, since 32-bit x86 aligns a uint64_t to 4 bytes only. */
static int64_t whole_words(int64_t bytes, int *pad)
{
    *pad = bytes % 8 != 0;
    return 8 + (bytes + 7) / 8 * 8;
}

void plan_count_bytes(Plan *plan)
{
    const int64_t real = plan->options.real64 ? 8 : 4;
    const int64_t scratch = plan->predict.arena > 0 ? plan->predict.arena : 1;
    plan->params_bytes = (plan->params > 0 ? plan->params : 1) * real;
    plan->scratch_bytes = scratch * real;
    if (plan->train.count == 0)
        return;
    plan->moments = count_moments(plan->graph->optimizer.kind);
    /* a 64-bit seed in front, the gradients behind. Several parts leave their outputs in one
     * place. */
    const int64_t grads = plan->summed + plan->slack > 0 ? plan->summed + plan->slack : 1;
    const int64_t part = plan->train.arena + grads;
    const int64_t output = shape_count(plan->graph->nodes[plan->graph->node_count - 1].out);
    const int64_t outputs = plan->parts > 1 ? plan->batch * output : 0;
    plan->tape_bytes = whole_words((plan->parts * part + outputs) * real, &plan->tape_pad);
    plan->optimizer_bytes = whole_words(plan->moments * (plan->trainable - plan->statistics) * real,
                                        &plan->optimizer_pad);
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
    for (int i = 1; i < graph->node_count; i++)
        for (int t = 0; t < graph->nodes[i].tensor_count; t++)
            if (graph->nodes[i].tensors[t].statistic) {
                diag_warning(diag, graph->nodes[i].span,
                             "--threads %d: %s needs the whole batch, training has one thread",
                             options.threads, graph->nodes[i].name);
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
    schedule_predict(arena, plan);
    if (!options.inference && graph->trainable_count > 0)
        schedule_train(arena, plan);
    plan_count_bytes(plan);
    return plan_fit(arena, diag, plan) ? plan : NULL;
}

static void dump_schedule(Text *out, const char *name, const Schedule *schedule)
{
    text_printf(out, "%s: %d steps, arena %" PRId64 " floats (lower bound %" PRId64 ")\n", name,
                schedule->count, schedule->arena, schedule->lower_bound);
    for (int i = 0; i < schedule->count; i++) {
        const Step *s = &schedule->steps[i];
        text_printf(out, "  step %d %s (%s)%s%s%s%s%s%s: %s -> %s\n", i, s->name,
                    s->forward_pass.templates, s->batched ? " batched" : "",
                    s->recomputed ? " recomputed" : "", s->backward ? " backward" : "",
                    s->wants_dx ? " dx" : "", s->over ? " over its input" : "",
                    s->reversed ? " from the last pixel" : "", schedule->buffers[s->x].name,
                    schedule->buffers[s->y].name);
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
