/* plan_value.c - the plan as templates see it: one tree of plain values, the same for every layer
 * kind. */
#include <inttypes.h>
#include <string.h>

#include "graph_value.h"
#include "tile.h"
#include "version.h"

typedef struct {
    Arena *arena;
    const Plan *plan;
} Binding;

/* A view of a buffer: where the pixels are, where the buffer is. */
static Value *view_value(const Binding *b, const Schedule *schedule, View view, int buffer)
{
    static const char *const homes[] = {"input", "output", "arena", "alias"};
    const Buffer *home = &schedule->buffers[buffer];
    Value *table = graph_shape_value(b->arena, view.shape);
    value_set_int(b->arena, table, "origin", view.origin);
    value_set_int(b->arena, table, "row", view.row);
    value_set_int(b->arena, table, "pixel", view.pixel);
    value_set_int(b->arena, table, "buffer", home->count);
    value_set_int(b->arena, table, "samples_row", home->count);
    value_set_bool(b->arena, table, "halo", home->count != shape_count(view.shape));
    value_set_string(b->arena, table, "home", homes[home->home]);
    value_set_int(b->arena, table, "offset", home->offset);
    value_set_int(b->arena, table, "stride",
                  home->home == HOME_ARENA && home->samples == 1 ? 0 : home->count);
    return table;
}

static Value *activation_value(const Binding *b, const Activation *activation)
{
    Value *table = value_table(b->arena);
    value_set_string(b->arena, table, "name", activation->name);
    value_set_bool(b->arena, table, "has_alpha", activation->alpha != 0);
    value_set_bool(b->arena, table, "from_input", activation->from_input);
    return table;
}

static int64_t tensor_offset(const Plan *plan, const Tensor *tensor)
{
    for (int i = 0; i < plan->slot_count; i++)
        if (plan->slots[i].tensor == tensor)
            return plan->slots[i].offset;
    return 0;
}

static void add_tensors(const Binding *b, Value *table, const Node *node)
{
    for (int i = 0; i < node->tensor_count; i++)
        value_set_int(b->arena, table, node->tensors[i].name,
                      tensor_offset(b->plan, &node->tensors[i]));
}

/* Where the parameters of a step are, by name; those of a norm that it applies, too. */
static void set_tensors(const Binding *b, Value *table, const Step *step)
{
    Value *tensors = value_table(b->arena);
    if (step->recipe == step->node->kind->recipe)
        add_tensors(b, tensors, step->node);
    if (step->norm && step->norm != step->node)
        add_tensors(b, tensors, step->norm);
    value_set(b->arena, table, "tensors", tensors);
    const Value *kernel = value_get(tensors, "kernel"), *bias = value_get(tensors, "bias");
    if (kernel)
        value_set_int(b->arena, table, "w_offset", kernel->integer);
    if (bias)
        value_set_int(b->arena, table, "b_offset", bias->integer);
    value_set_bool(b->arena, table, "bias", bias != NULL);
}

static void set_norm(const Binding *b, Value *table, const Schedule *schedule, const Step *step)
{
    const Node *norm = step->norm ? step->norm : step->node;
    value_set_bool(b->arena, table, "norm", step->norm != NULL);
    value_set_number(b->arena, table, "epsilon", norm->epsilon);
    value_set_number(b->arena, table, "momentum", norm->momentum);
    if (step->norm_values != STEP_NONE)
        value_set_int(b->arena, table, "norm_values", schedule->buffers[step->norm_values].offset);
    if (step->kept != STEP_NONE)
        value_set(b->arena, table, "kept", view_value(b, schedule, step->yv, step->kept));
}

static Value *pass_value(const Binding *b, const Schedule *schedule, const Pass *pass)
{
    Value *table = value_table(b->arena);
    value_set_string(b->arena, table, "templates", pass->templates);
    if (pass->prepared != STEP_NONE)
        value_set_int(b->arena, table, "prepared", schedule->buffers[pass->prepared].offset);
    if (pass->sums != STEP_NONE) {
        value_set_int(b->arena, table, "sums", schedule->buffers[pass->sums].offset);
        value_set_int(b->arena, table, "sums_count", schedule->buffers[pass->sums].count);
    }
    if (pass->work != STEP_NONE)
        value_set_int(b->arena, table, "work", schedule->buffers[pass->work].offset);
    return table;
}

static Value *handover_value(const Binding *b, const Schedule *schedule, const Handover *handover)
{
    Value *table = value_table(b->arena);
    value_set(b->arena, table, "from",
              view_value(b, schedule, handover->from_view, handover->from));
    value_set(b->arena, table, "into",
              view_value(b, schedule, handover->into_view, handover->into));
    value_set_bool(b->arena, table, "add", handover->add);
    value_set_bool(b->arena, table, "clear", handover->clear);
    return table;
}

static void set_backward(const Binding *b, Value *table, const Schedule *schedule, const Step *step)
{
    value_set_bool(b->arena, table, "backward", step->backward);
    value_set_bool(b->arena, table, "wants_dx", step->wants_dx);
    value_set_bool(b->arena, table, "wants_dz", step->wants_dz);
    value_set_bool(b->arena, table, "clears_dx", step->clears_dx);
    value_set_bool(b->arena, table, "clears_dz", step->clears_dz);
    value_set_bool(b->arena, table, "trainable", step->trainable);
    value_set_bool(b->arena, table, "updates",
                   step->trainable &&
                       tensor_offset(b->plan, &step->node->tensors[0]) >= b->plan->summed);
    value_set_bool(b->arena, table, "recomputed", step->recomputed);
    value_set_bool(b->arena, table, "skip_gradient", step->skip_gradient);
    if (step->dy != STEP_NONE)
        value_set(b->arena, table, "dy", view_value(b, schedule, step->yv, step->dy));
    if (step->dx != STEP_NONE)
        value_set(b->arena, table, "dx", view_value(b, schedule, step->xv, step->dx));
    if (step->dz != STEP_NONE)
        value_set(b->arena, table, "dz", view_value(b, schedule, step->zv, step->dz));
    Value *handovers = value_table(b->arena);
    for (int i = 0; i < step->handover_count; i++)
        value_add(b->arena, handovers, handover_value(b, schedule, &step->handovers[i]));
    value_set(b->arena, table, "handovers", handovers);
    if (step->argmax != STEP_NONE)
        value_set(b->arena, table, "argmax", view_value(b, schedule, step->yv, step->argmax));
}

static Value *step_value(const Binding *b, const Schedule *schedule, int index)
{
    const Step *step = &schedule->steps[index];
    const Node *node = step->node;
    Value *table = value_table(b->arena);
    value_set_int(b->arena, table, "index", node->index); /* in every plan the same */
    value_set_string(b->arena, table, "name", step->name);
    value_set(b->arena, table, "forward_pass", pass_value(b, schedule, &step->forward_pass));
    value_set(b->arena, table, "backward_pass", pass_value(b, schedule, &step->backward_pass));
    value_set_string(b->arena, table, "fn",
                     arena_printf(b->arena, "%s_%s", b->plan->graph->name, step->name));
    value_set_string(b->arena, table, "kind", node->kind->name);
    value_set(b->arena, table, "x", view_value(b, schedule, step->xv, step->x));
    value_set(b->arena, table, "y", view_value(b, schedule, step->yv, step->y));
    if (step->z != STEP_NONE)
        value_set(b->arena, table, "z", view_value(b, schedule, step->zv, step->z));
    value_set_bool(b->arena, table, "in_place", step->in_place);
    value_set_bool(b->arena, table, "clips", step->clips);
    value_set_bool(b->arena, table, "over", step->over);
    value_set_bool(b->arena, table, "reversed", step->reversed);
    value_set(b->arena, table, "kernel", graph_size_value(b->arena, node->window.kernel));
    value_set(b->arena, table, "stride", graph_size_value(b->arena, node->window.stride));
    value_set(b->arena, table, "dilation", graph_size_value(b->arena, node->window.dilation));
    value_set(b->arena, table, "padding", graph_padding_value(b->arena, node->window.padding));
    Value *conv = graph_shape_value(b->arena, step->conv.shape);
    value_set_int(b->arena, conv, "origin", step->conv.origin);
    value_set_int(b->arena, conv, "row", step->conv.row);
    value_set_int(b->arena, conv, "pixel", step->conv.pixel);
    value_set(b->arena, table, "conv", conv);
    value_set(b->arena, table, "input", graph_shape_value(b->arena, node->in));
    value_set_int(b->arena, table, "filters", node->filters);
    value_set_int(b->arena, table, "groups", node->groups);
    value_set_bool(b->arena, table, "count_padding", node->count_padding);
    value_set(b->arena, table, "factor", graph_size_value(b->arena, node->factor));
    value_set_bool(b->arena, table, "bilinear", node->bilinear);
    value_set_int(b->arena, table, "block", node->block);
    value_set_bool(b->arena, table, "merged", node->groups == 1 && node->window.dilation.w == 1);
    value_set_number(b->arena, table, "rate", node->rate);
    value_set_number(b->arena, table, "alpha", step->alpha);
    value_set_bool(b->arena, table, "halo", step->halo);
    value_set_bool(b->arena, table, "batched", step->batched);
    value_set_int(b->arena, table, "macs", node->macs.value);
    value_set(b->arena, table, "activation", activation_value(b, step->activation));
    if (step->pool) {
        Value *pool = graph_size_value(b->arena, step->pool->window.kernel);
        value_set_bool(b->arena, pool, "maximum", step->pool->kind->recipe->pool == POOL_MAXIMUM);
        value_set_string(b->arena, pool, "name", step->pool->name);
        value_set(b->arena, table, "pool", pool);
    }
    set_tensors(b, table, step);
    set_norm(b, table, schedule, step);
    set_backward(b, table, schedule, step);
    value_set(b->arena, table, "tiles", tile_value(b->arena, b->plan, schedule, step));
    return table;
}

static Value *schedule_value(const Binding *b, const Schedule *schedule)
{
    Value *table = value_table(b->arena), *steps = value_table(b->arena);
    for (int i = 0; i < schedule->count; i++)
        value_add(b->arena, steps, step_value(b, schedule, i));
    value_set(b->arena, table, "steps", steps);
    value_set_int(b->arena, table, "arena", schedule->arena);
    value_set_int(b->arena, table, "lower_bound", schedule->lower_bound);
    return table;
}

static Value *slot_value(const Binding *b, const Slot *slot)
{
    static const char *const kinds[] = {"uniform", "normal", "uniform", "constant", "fixed"};
    const Tensor *tensor = slot->tensor;
    Value *table = graph_tensor_value(b->arena, tensor);
    value_set_string(b->arena, table, "layer", tensor->layer);
    value_set_int(b->arena, table, "count", tensor->count);
    value_set_int(b->arena, table, "fan_in", tensor->fan_in);
    value_set_int(b->arena, table, "offset", slot->offset);
    value_set_int(b->arena, table, "pad", slot->pad);
    value_set_bool(b->arena, table, "trainable", tensor->trainable);
    value_set_bool(b->arena, table, "statistic", tensor->statistic);
    value_set_string(b->arena, table, "init", kinds[tensor->init.kind]);
    return table;
}

/* One row of the table in the banner, and the numbers the header checks again. */
static Value *layer_value(const Binding *b, const Node *node)
{
    static const char *const rules[] = {"window", "transposed", "own"};
    Value *table = value_table(b->arena);
    value_set_string(b->arena, table, "name", node->name);
    value_set_string(b->arena, table, "kind", node->kind->name);
    value_set_string(b->arena, table, "size_rule",
                     node->kind->dims <= 0 || node->kind->role != ROLE_LAYER
                         ? rules[SIZE_RULE_OWN]
                         : rules[node->kind->size_rule]);
    value_set(b->arena, table, "output_padding", graph_size_value(b->arena, node->output_padding));
    value_set(b->arena, table, "x", graph_shape_value(b->arena, node->in));
    value_set(b->arena, table, "y", graph_shape_value(b->arena, node->out));
    value_set(b->arena, table, "kernel", graph_size_value(b->arena, node->window.kernel));
    value_set(b->arena, table, "stride", graph_size_value(b->arena, node->window.stride));
    value_set(b->arena, table, "dilation", graph_size_value(b->arena, node->window.dilation));
    value_set(b->arena, table, "padding", graph_padding_value(b->arena, node->window.padding));
    value_set_string(b->arena, table, "activation", node->activation->name);
    value_set_int(b->arena, table, "params", node->params.value);
    value_set_int(b->arena, table, "macs", node->macs.value);
    return table;
}

static Value *optimizer_value(const Binding *b)
{
    Value *table = graph_optimizer_value(b->arena, &b->plan->graph->optimizer);
    value_set_int(b->arena, table, "moments", b->plan->moments);
    return table;
}

static void set_costs(const Binding *b, Value *table)
{
    const Plan *plan = b->plan;
    value_set_int(b->arena, table, "params", plan->params);
    value_set_int(b->arena, table, "trainable", plan->trainable);
    value_set_int(b->arena, table, "summed", plan->summed);
    value_set_int(b->arena, table, "statistics", plan->statistics);
    value_set_int(b->arena, table, "recomputed_macs", plan->recomputed_macs);
    value_set_int(b->arena, table, "slack", plan->slack);
    value_set_int(b->arena, table, "params_bytes", plan->params_bytes);
    value_set_int(b->arena, table, "scratch_bytes", plan->scratch_bytes);
    value_set_int(b->arena, table, "tape_bytes", plan->tape_bytes);
    value_set_int(b->arena, table, "optimizer_bytes", plan->optimizer_bytes);
    value_set_int(b->arena, table, "tape_pad", plan->tape_pad);
    value_set_int(b->arena, table, "optimizer_pad", plan->optimizer_pad);
    value_set_int(b->arena, table, "param_count", plan->graph->param_count);
    value_set_int(b->arena, table, "trainable_count", plan->graph->trainable_count);
    value_set_int(b->arena, table, "macs", plan->graph->macs);
}

/* Without its folder, so that the output does not depend on where the spec lies. */
static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

Value *plan_value(Arena *arena, const Plan *plan, bool has_weights)
{
    static const char *const unrolls[] = {"auto", "full", "none"};
    const Graph *graph = plan->graph;
    const Binding binding = {arena, plan}, *b = &binding;
    Value *table = value_table(arena), *layers = value_table(arena), *tensors = value_table(arena);
    value_set_string(b->arena, table, "name", graph->name);
    value_set_string(b->arena, table, "spec", file_name(graph->source->path));
    value_set_string(b->arena, table, "version", CNNGEN_VERSION);
    value_set_string(b->arena, table, "unroll", unrolls[plan->options.unroll]);
    value_set_string(b->arena, table, "real", plan->options.real64 ? "double" : "float");
    value_set_bool(b->arena, table, "double", plan->options.real64);
    value_set_bool(b->arena, table, "portable", plan->options.portable);
    value_set_bool(b->arena, table, "standalone", plan->options.standalone);
    value_set_bool(b->arena, table, "crc", plan->options.crc);
    value_set_bool(b->arena, table, "reproducible", plan->options.reproducible);
    value_set_bool(b->arena, table, "inference", plan->options.inference);
    value_set_bool(b->arena, table, "weights", has_weights);
    value_set_int(b->arena, table, "batch", graph->batch); /* of one part; what the steps see */
    value_set_int(b->arena, table, "samples", plan->batch);
    value_set_int(b->arena, table, "parts", plan->parts);
    value_set_string(b->arena, table, "loss", loss_name(graph->loss));
    value_set_number(b->arena, table, "huber_delta", graph->huber_delta);
    value_set(arena, table, "optimizer", optimizer_value(b));
    value_set(arena, table, "input", graph_shape_value(b->arena, graph->nodes[0].out));
    value_set_bool(arena, table, "planar", graph->planar);
    value_set(arena, table, "output",
              graph_shape_value(b->arena, graph->nodes[graph->node_count - 1].out));
    for (int i = 1; i < graph->node_count; i++)
        value_add(arena, layers, layer_value(b, &graph->nodes[i]));
    value_set(arena, table, "layers", layers);
    for (int i = 0; i < plan->slot_count; i++)
        value_add(arena, tensors, slot_value(b, &plan->slots[i]));
    value_set(arena, table, "tensors", tensors);
    set_costs(b, table);
    value_set(arena, table, "predict", schedule_value(b, &plan->predict));
    if (plan->train.count > 0)
        value_set(arena, table, "train", schedule_value(b, &plan->train));
    return table;
}
