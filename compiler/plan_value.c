/* plan_value.c - the plan as templates see it: one tree of plain values, the same for every layer
 * kind. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "tile.h"
#include "version.h"

typedef struct {
    Arena *arena;
    const Plan *plan;
} Binding;

static void set_int(const Binding *b, Value *table, const char *name, int64_t number)
{
    value_set(b->arena, table, name, value_int(b->arena, number));
}

static void set_bool(const Binding *b, Value *table, const char *name, bool flag)
{
    value_set(b->arena, table, name, value_bool(b->arena, flag));
}

static void set_number(const Binding *b, Value *table, const char *name, double number)
{
    value_set(b->arena, table, name, value_number(b->arena, number));
}

static void set_string(const Binding *b, Value *table, const char *name, const char *text)
{
    value_set(b->arena, table, name, value_string(b->arena, text));
}

static Value *size_value(const Binding *b, Size size)
{
    Value *table = value_table(b->arena);
    set_int(b, table, "h", size.h);
    set_int(b, table, "w", size.w);
    return table;
}

static Value *padding_value(const Binding *b, Padding p)
{
    Value *table = value_table(b->arena);
    set_int(b, table, "top", p.top);
    set_int(b, table, "bottom", p.bottom);
    set_int(b, table, "left", p.left);
    set_int(b, table, "right", p.right);
    return table;
}

static Value *shape_value(const Binding *b, Shape shape)
{
    Value *table = value_table(b->arena);
    set_int(b, table, "h", shape.h);
    set_int(b, table, "w", shape.w);
    set_int(b, table, "c", shape.c);
    set_int(b, table, "rank", shape.rank);
    set_int(b, table, "count", shape_count(shape));
    set_string(b, table, "text", shape_text(b->arena, shape));
    return table;
}

/* A view of a buffer: where the pixels are, where the buffer is. */
static Value *view_value(const Binding *b, const Schedule *schedule, View view, int buffer)
{
    static const char *const homes[] = {"input", "output", "arena", "alias"};
    const Buffer *home = &schedule->buffers[buffer];
    Value *table = shape_value(b, view.shape);
    set_int(b, table, "origin", view.origin);
    set_int(b, table, "row", view.row);
    set_int(b, table, "pixel", view.pixel);
    set_int(b, table, "buffer", home->count);
    set_int(b, table, "samples_row", home->count);
    set_bool(b, table, "halo", home->count != shape_count(view.shape));
    set_string(b, table, "home", homes[home->home]);
    set_int(b, table, "offset", home->offset);
    set_int(b, table, "stride", home->home == HOME_ARENA && home->samples == 1 ? 0 : home->count);
    return table;
}

static Value *activation_value(const Binding *b, const Activation *activation)
{
    Value *table = value_table(b->arena);
    set_string(b, table, "name", activation->name);
    set_bool(b, table, "has_alpha", activation->alpha != 0);
    set_bool(b, table, "from_input", activation->from_input);
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
        set_int(b, table, node->tensors[i].name, tensor_offset(b->plan, &node->tensors[i]));
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
        set_int(b, table, "w_offset", kernel->integer);
    if (bias)
        set_int(b, table, "b_offset", bias->integer);
    set_bool(b, table, "bias", bias != NULL);
}

static void set_norm(const Binding *b, Value *table, const Schedule *schedule, const Step *step)
{
    const Node *norm = step->norm ? step->norm : step->node;
    set_bool(b, table, "norm", step->norm != NULL);
    set_number(b, table, "epsilon", norm->epsilon);
    set_number(b, table, "momentum", norm->momentum);
    if (step->norm_values != STEP_NONE)
        set_int(b, table, "norm_values", schedule->buffers[step->norm_values].offset);
    if (step->kept != STEP_NONE)
        value_set(b->arena, table, "kept", view_value(b, schedule, step->yv, step->kept));
}

static Value *pass_value(const Binding *b, const Schedule *schedule, const Pass *pass)
{
    Value *table = value_table(b->arena);
    set_string(b, table, "templates", pass->templates);
    if (pass->prepared != STEP_NONE)
        set_int(b, table, "prepared", schedule->buffers[pass->prepared].offset);
    if (pass->sums != STEP_NONE) {
        set_int(b, table, "sums", schedule->buffers[pass->sums].offset);
        set_int(b, table, "sums_count", schedule->buffers[pass->sums].count);
    }
    if (pass->work != STEP_NONE)
        set_int(b, table, "work", schedule->buffers[pass->work].offset);
    return table;
}

static Value *handover_value(const Binding *b, const Schedule *schedule, const Handover *handover)
{
    Value *table = value_table(b->arena);
    value_set(b->arena, table, "from",
              view_value(b, schedule, handover->from_view, handover->from));
    value_set(b->arena, table, "into",
              view_value(b, schedule, handover->into_view, handover->into));
    set_bool(b, table, "add", handover->add);
    set_bool(b, table, "clear", handover->clear);
    return table;
}

static void set_backward(const Binding *b, Value *table, const Schedule *schedule, const Step *step)
{
    set_bool(b, table, "backward", step->backward);
    set_bool(b, table, "wants_dx", step->wants_dx);
    set_bool(b, table, "wants_dz", step->wants_dz);
    set_bool(b, table, "clears_dx", step->clears_dx);
    set_bool(b, table, "clears_dz", step->clears_dz);
    set_bool(b, table, "trainable", step->trainable);
    set_bool(b, table, "updates",
             step->trainable && tensor_offset(b->plan, &step->node->tensors[0]) >= b->plan->summed);
    set_bool(b, table, "recomputed", step->recomputed);
    set_bool(b, table, "skip_gradient", step->skip_gradient);
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
    set_int(b, table, "index", index);
    set_string(b, table, "name", step->name);
    value_set(b->arena, table, "forward_pass", pass_value(b, schedule, &step->forward_pass));
    value_set(b->arena, table, "backward_pass", pass_value(b, schedule, &step->backward_pass));
    set_string(b, table, "fn", arena_printf(b->arena, "%s_%s", b->plan->graph->name, step->name));
    set_string(b, table, "kind", node->kind->name);
    value_set(b->arena, table, "x", view_value(b, schedule, step->xv, step->x));
    value_set(b->arena, table, "y", view_value(b, schedule, step->yv, step->y));
    if (step->z != STEP_NONE)
        value_set(b->arena, table, "z", view_value(b, schedule, step->zv, step->z));
    set_bool(b, table, "in_place", step->in_place);
    value_set(b->arena, table, "kernel", size_value(b, node->window.kernel));
    value_set(b->arena, table, "stride", size_value(b, node->window.stride));
    value_set(b->arena, table, "dilation", size_value(b, node->window.dilation));
    value_set(b->arena, table, "padding", padding_value(b, node->window.padding));
    Value *conv = shape_value(b, step->conv.shape);
    set_int(b, conv, "origin", step->conv.origin);
    set_int(b, conv, "row", step->conv.row);
    set_int(b, conv, "pixel", step->conv.pixel);
    value_set(b->arena, table, "conv", conv);
    value_set(b->arena, table, "input", shape_value(b, node->in));
    set_int(b, table, "filters", node->filters);
    set_int(b, table, "groups", node->groups);
    set_bool(b, table, "count_padding", node->count_padding);
    value_set(b->arena, table, "factor", size_value(b, node->factor));
    set_bool(b, table, "bilinear", node->bilinear);
    set_int(b, table, "block", node->block);
    set_bool(b, table, "merged", node->groups == 1 && node->window.dilation.w == 1);
    set_number(b, table, "rate", node->rate);
    set_number(b, table, "alpha", step->alpha);
    set_bool(b, table, "halo", step->halo);
    set_bool(b, table, "batched", step->batched);
    set_int(b, table, "macs", node->macs.value);
    value_set(b->arena, table, "activation", activation_value(b, step->activation));
    if (step->pool) {
        Value *pool = size_value(b, step->pool->window.kernel);
        set_bool(b, pool, "maximum", step->pool->kind->recipe->pool == POOL_MAXIMUM);
        set_string(b, pool, "name", step->pool->name);
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
    set_int(b, table, "arena", schedule->arena);
    set_int(b, table, "lower_bound", schedule->lower_bound);
    return table;
}

/* Bounds of the uniform initialisers and the deviation of the normal one, as Keras has them. */
static double init_scale(const Tensor *tensor)
{
    switch (tensor->init.kind) {
    case INIT_GLOROT_UNIFORM:
        return sqrt(6.0 / (double)(tensor->fan_in + tensor->fan_out));
    case INIT_HE_UNIFORM:
        return sqrt(6.0 / (double)tensor->fan_in);
    case INIT_HE_NORMAL:
        return sqrt(2.0 / (double)tensor->fan_in);
    default:
        return tensor->init.constant;
    }
}

static Value *slot_value(const Binding *b, const Slot *slot)
{
    static const char *const kinds[] = {"uniform", "normal", "uniform", "constant", "fixed"};
    const Tensor *tensor = slot->tensor;
    Value *table = value_table(b->arena), *dims = value_table(b->arena);
    for (int i = 0; i < tensor->rank; i++)
        value_add(b->arena, dims, value_int(b->arena, tensor->dims[i]));
    set_string(b, table, "layer", tensor->layer);
    set_string(b, table, "name", tensor->name);
    value_set(b->arena, table, "dims", dims);
    set_int(b, table, "count", tensor->count);
    set_int(b, table, "fan_in", tensor->fan_in);
    set_int(b, table, "offset", slot->offset);
    set_int(b, table, "pad", slot->pad);
    set_bool(b, table, "trainable", tensor->trainable);
    set_bool(b, table, "statistic", tensor->statistic);
    set_string(b, table, "init", kinds[tensor->init.kind]);
    set_number(b, table, "scale", init_scale(tensor));
    if (tensor->init.kind == INIT_FIXED) {
        Value *values = value_table(b->arena);
        for (int64_t i = 0; i < tensor->count; i++)
            value_add(b->arena, values, value_number(b->arena, tensor->init.values[i]));
        value_set(b->arena, table, "values", values);
    }
    return table;
}

/* One row of the table in the banner, and the numbers the header checks again. */
static Value *layer_value(const Binding *b, const Node *node)
{
    static const char *const rules[] = {"window", "transposed", "own"};
    Value *table = value_table(b->arena);
    set_string(b, table, "name", node->name);
    set_string(b, table, "kind", node->kind->name);
    set_string(b, table, "size_rule",
               node->kind->dims <= 0 || node->kind->role != ROLE_LAYER
                   ? rules[SIZE_RULE_OWN]
                   : rules[node->kind->size_rule]);
    value_set(b->arena, table, "output_padding", size_value(b, node->output_padding));
    value_set(b->arena, table, "x", shape_value(b, node->in));
    value_set(b->arena, table, "y", shape_value(b, node->out));
    value_set(b->arena, table, "kernel", size_value(b, node->window.kernel));
    value_set(b->arena, table, "stride", size_value(b, node->window.stride));
    value_set(b->arena, table, "dilation", size_value(b, node->window.dilation));
    value_set(b->arena, table, "padding", padding_value(b, node->window.padding));
    set_string(b, table, "activation", node->activation->name);
    set_int(b, table, "params", node->params.value);
    set_int(b, table, "macs", node->macs.value);
    return table;
}

static Value *optimizer_value(const Binding *b)
{
    const Optimizer *o = &b->plan->graph->optimizer;
    Value *table = value_table(b->arena);
    set_string(b, table, "name", optimizer_name(o->kind));
    set_number(b, table, "lr", o->lr);
    set_number(b, table, "momentum", o->momentum);
    set_number(b, table, "rho", o->rho);
    set_number(b, table, "beta1", o->beta1);
    set_number(b, table, "beta2", o->beta2);
    set_number(b, table, "epsilon", o->epsilon);
    set_number(b, table, "weight_decay", o->weight_decay);
    set_number(b, table, "clip_norm", o->clip_norm);
    set_int(b, table, "moments", b->plan->moments);
    return table;
}

static void set_costs(const Binding *b, Value *table)
{
    const Plan *plan = b->plan;
    set_int(b, table, "params", plan->params);
    set_int(b, table, "trainable", plan->trainable);
    set_int(b, table, "summed", plan->summed);
    set_int(b, table, "statistics", plan->statistics);
    set_int(b, table, "recomputed_macs", plan->recomputed_macs);
    set_int(b, table, "slack", plan->slack);
    set_int(b, table, "params_bytes", plan->params_bytes);
    set_int(b, table, "scratch_bytes", plan->scratch_bytes);
    set_int(b, table, "tape_bytes", plan->tape_bytes);
    set_int(b, table, "optimizer_bytes", plan->optimizer_bytes);
    set_int(b, table, "param_count", plan->graph->param_count);
    set_int(b, table, "trainable_count", plan->graph->trainable_count);
    set_int(b, table, "macs", plan->graph->macs);
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
    set_string(b, table, "name", graph->name);
    set_string(b, table, "spec", file_name(graph->source->path));
    set_string(b, table, "version", CNNGEN_VERSION);
    set_string(b, table, "unroll", unrolls[plan->options.unroll]);
    set_string(b, table, "real", plan->options.real64 ? "double" : "float");
    set_bool(b, table, "double", plan->options.real64);
    set_bool(b, table, "portable", plan->options.portable);
    set_bool(b, table, "standalone", plan->options.standalone);
    set_bool(b, table, "inference", plan->options.inference);
    set_bool(b, table, "weights", has_weights);
    set_int(b, table, "batch", graph->batch); /* of one part; what the steps see */
    set_int(b, table, "samples", plan->batch);
    set_int(b, table, "parts", plan->parts);
    set_string(b, table, "loss", loss_name(graph->loss));
    set_number(b, table, "huber_delta", graph->huber_delta);
    value_set(arena, table, "optimizer", optimizer_value(b));
    value_set(arena, table, "input", shape_value(b, graph->nodes[0].out));
    value_set(arena, table, "output", shape_value(b, graph->nodes[graph->node_count - 1].out));
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
