/* fit.c - less memory for more time, as far as --ram asks.
 *
 * First the forms that take memory to be fast go. In predict, images then lose the zeros around
 * them, and outputs are written over their inputs. In training, backward computes outputs again
 * that forward would have kept for every sample of the batch, those first that free the most bytes
 * for each multiply-add. */
#include <inttypes.h>

#include "schedule.h"

/* Multiply-adds of computing a step again, for one sample; one for each value where there are none.
 */
static int64_t price(const Step *step)
{
    const int64_t macs = step->recipe->linear ? step->node->macs.value : 0;
    return macs + shape_count(step->conv.shape);
}

/* The step whose outputs, kept for all samples, are the largest for what they cost; STEP_NONE when
 * no more can go. */
static int best_candidate(const Plan *plan)
{
    const Schedule *train = &plan->train;
    double best = 0;
    int found = STEP_NONE;
    for (int s = 0; s < train->count; s++) {
        if (!schedule_can_recompute(plan, s))
            continue;
        const Step *step = &train->steps[s];
        const double gain = (double)train->buffers[step->y].count / (double)price(step);
        if (gain > best) {
            best = gain;
            found = s;
        }
    }
    return found;
}

static void shrink_train(Arena *arena, Plan *plan, int64_t limit)
{
    plan->lean_train = true;
    schedule_train(arena, plan);
    plan_count_bytes(plan);
    plan->recomputed = ARENA_ARRAY(arena, plan->train.count, bool);
    for (int s; plan->tape_bytes > limit && (s = best_candidate(plan)) != STEP_NONE;) {
        const Step *step = &plan->train.steps[s];
        plan->recomputed[s] = true;
        plan->recomputed_macs += step->recipe->linear ? step->node->macs.value : 0;
        schedule_train(arena, plan);
        plan_count_bytes(plan);
    }
}

static void plan_predict(Arena *arena, Plan *plan, bool packed)
{
    plan->lean_predict = true;
    plan->packed_predict = packed;
    schedule_predict(arena, plan);
    plan_count_bytes(plan);
}

static void shrink_predict(Arena *arena, Plan *plan, int64_t limit)
{
    plan_predict(arena, plan, false);
    const int64_t lean = plan->scratch_bytes;
    if (lean <= limit)
        return;
    plan_predict(arena, plan, true);
    if (plan->scratch_bytes >= lean)
        plan_predict(arena, plan, false);
}

static int64_t smaller_limit(int64_t a, int64_t b)
{
    return a == 0 || (b > 0 && b < a) ? b : a;
}

bool plan_fit(Arena *arena, Diag *diag, Plan *plan)
{
    const int64_t limit = plan->options.least_ram ? 1 : plan->options.ram;
    const int64_t scratch = smaller_limit(limit, plan->options.max_ram);
    const Span span = plan->graph->nodes[0].call->span;
    if (scratch > 0 && plan->scratch_bytes > scratch)
        shrink_predict(arena, plan, scratch);
    if (limit > 0 && plan->train.count > 0 && plan->tape_bytes > limit)
        shrink_train(arena, plan, limit);
    const int before = diag->errors;
    if (plan->options.least_ram)
        return true;
    if (limit > 0 && plan->scratch_bytes > limit)
        diag_error(diag, span,
                   "predict needs at least %" PRId64 " bytes of scratch, more than --ram",
                   plan->scratch_bytes);
    if (limit > 0 && plan->train.count > 0 && plan->tape_bytes > limit)
        diag_error(diag, span,
                   "a training step needs at least %" PRId64
                   " bytes of tape, more than --ram; a smaller --batch needs less",
                   plan->tape_bytes);
    return diag->errors == before;
}
