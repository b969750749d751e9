/* lower.c - turns nodes into steps, each node into as little code as possible.
 *
 * A view (flatten, reshape) is no step, nor is a cropping. Zeros around an input are written by
 * whoever makes that input: its buffer gets a halo; only the caller's input is copied. An
 * activation and a pool without overlap run inside the convolution before them. In training a pool
 * stays a step of its own, and so does an activation whose gradient needs its input, unless no
 * gradient comes that far down. */
#include "lowering.h"

#include <string.h>

enum { FUSED_WINDOW_MOST = 9 };

int schedule_buffer(Arena *arena, Schedule *schedule, const char *name, Home home, int64_t count)
{
    schedule->buffers = arena_grow(arena, schedule->buffers, (size_t)schedule->buffer_count,
                                   (size_t)schedule->buffer_count + 1, sizeof *schedule->buffers);
    schedule->buffers[schedule->buffer_count] =
        (Buffer){.name = name, .home = home, .count = count, .samples = 1};
    return schedule->buffer_count++;
}

/* The step that made node n's input, when nobody else reads it and it can still change. */
static Step *open_producer(const Lowering *low, const Node *node)
{
    const Result *in = &low->results[node->inputs[0]];
    if (in->step == STEP_NONE || in->settled || low->readers[node->inputs[0]] != 1)
        return NULL;
    return &low->schedule->steps[in->step];
}

static bool is_linear(const Activation *activation)
{
    return strcmp(activation->name, "linear") == 0;
}

static void apply_activation(Lowering *low, const Node *node, const Activation *activation,
                             double alpha)
{
    Step *step = &low->schedule->steps[low->schedule->count - 1];
    if (!low->learning || !activation->from_input) {
        step->activation = activation;
        step->alpha = alpha;
        return;
    }
    const Result in = lowering_result(low);
    step = lowering_step(low, node, &recipe_activation,
                         arena_printf(low->arena, "%s_%s", node->name, activation->name), &in,
                         step->yv.shape);
    step->activation = activation;
    step->alpha = alpha;
}

static void add_kept(Lowering *low, Step *step, int64_t count)
{
    step->kept =
        schedule_buffer(low->arena, low->schedule, arena_printf(low->arena, "%s_kept", step->name),
                        HOME_ARENA, count);
}

static void lower_layer(Lowering *low, const Node *node)
{
    const Result in = halo_read(low, node, halo_own(low, node));
    Step *step = lowering_step(low, node, node->kind->recipe, node->name, &in, node->out);
    step->batched = step->recipe->whole_batch && low->training && low->graph->batch > 1;
    const Recipe *recipe = step->recipe;
    if (recipe->keeps_pixels + recipe->keeps_channels > 0)
        add_kept(low, step,
                 recipe->keeps_pixels * node->out.h * node->out.w +
                     recipe->keeps_channels * node->out.c);
    if (!is_linear(node->activation))
        apply_activation(low, node, node->activation, node->alpha);
    low->results[node->index] = lowering_result(low);
}

/* By statistics of the batch, which backward needs again. */
static void lower_batch_norm(Lowering *low, const Node *node)
{
    lower_layer(low, node);
    int s = low->schedule->count - 1;
    while (low->schedule->steps[s].recipe != node->kind->recipe)
        s--;
    add_kept(low, &low->schedule->steps[s], 3 * node->in.c);
    low->schedule->buffers[low->schedule->steps[s].kept].samples = 0;
}

/* A scale and a shift for each channel: on the sums of the step before, if that can. */
static void lower_scale(Lowering *low, const Node *node)
{
    Step *step = low->learning ? NULL : open_producer(low, node);
    if (step && step->recipe->takes_norm && is_linear(step->activation) && !step->pool &&
        !step->norm) {
        step->norm = node;
        step->activation = node->activation;
        step->alpha = node->alpha;
        low->results[node->index] = low->results[node->inputs[0]];
        return;
    }
    step = lowering_step(low, node, node->kind->recipe, node->name, halo_settle(low, node, 0),
                         node->out);
    step->norm = node;
    if (!is_linear(node->activation))
        apply_activation(low, node, node->activation, node->alpha);
    low->results[node->index] = lowering_result(low);
}

static void lower_activation(Lowering *low, const Node *node)
{
    Step *step = open_producer(low, node);
    if (step && step->recipe->takes_activation && is_linear(step->activation) && !step->pool &&
        !(low->learning && node->activation->from_input)) {
        step->activation = node->activation;
        step->alpha = node->alpha;
        low->results[node->index] = low->results[node->inputs[0]];
        return;
    }
    step = lowering_step(low, node, &recipe_activation, node->name, halo_settle(low, node, 0),
                         node->out);
    step->activation = node->activation;
    step->alpha = node->alpha;
    low->results[node->index] = lowering_result(low);
}

/* Backward of a fused pool needs to know which place of each window won: a byte for each result. */
static void add_argmax(Lowering *low, Step *step)
{
    const int64_t real = low->options.real64 ? 8 : 4;
    step->argmax = schedule_buffer(low->arena, low->schedule,
                                   arena_printf(low->arena, "%s_argmax", step->name), HOME_ARENA,
                                   (shape_count(step->yv.shape) + real - 1) / real);
}

/* Whether a pool can run on the accumulators of the convolution before it. In training that takes
 * vectors and a maximum. */
static bool can_take_pool(const Lowering *low, const Step *step, const Node *node)
{
    const Window *w = &node->window;
    const Padding p = w->padding;
    const bool maximum = node->kind->recipe->pool == POOL_MAXIMUM;
    const bool relu = strcmp(step->activation->name, "relu") == 0;
    const bool trained = maximum && low->options.unroll == UNROLL_AUTO && !low->options.portable;
    return (!low->learning || trained) && step->recipe->takes_pool && !step->pool &&
           (step->node->groups <= 1 || step->node->filters / step->node->groups >= 16) &&
           (is_linear(step->activation) || relu || (maximum && step->activation->monotone)) &&
           w->stride.h == w->kernel.h && w->stride.w == w->kernel.w &&
           w->kernel.h * w->kernel.w > 1 && w->kernel.h * w->kernel.w <= FUSED_WINDOW_MOST &&
           p.top + p.bottom + p.left + p.right == 0;
}

static void lower_pool(Lowering *low, const Node *node)
{
    Step *step = open_producer(low, node);
    if (!step || !can_take_pool(low, step, node)) {
        lower_layer(low, node);
        return;
    }
    step->pool = node;
    step->name = arena_printf(low->arena, "%s_%s", step->name, node->name);
    step->conv = step->yv;
    step->yv = view_plain(node->out);
    low->schedule->buffers[step->y].count = shape_count(node->out);
    low->schedule->buffers[step->y].name = step->name;
    if (low->learning)
        add_argmax(low, step);
    Result *result = &low->results[node->index];
    *result = low->results[node->inputs[0]];
    result->view = step->yv;
}

/* y = x + z, or x * z, from the left to the right. */
static void lower_merge(Lowering *low, const Node *node, const Recipe *recipe)
{
    Result left = *halo_settle(low, node, 0);
    for (int k = 1; k < node->input_count; k++) {
        Result right = *halo_settle(low, node, k);
        const bool last = k + 1 == node->input_count;
        if (shape_count(left.view.shape) < shape_count(right.view.shape)) {
            const Result scale = left;
            left = right;
            right = scale;
        }
        Step *step = lowering_step(
            low, node, recipe, last ? node->name : arena_printf(low->arena, "%s_%d", node->name, k),
            &left, left.view.shape);
        step->z = right.buffer;
        step->zv = right.view;
        left = lowering_result(low);
    }
    if (!is_linear(node->activation))
        apply_activation(low, node, node->activation, node->alpha);
    low->results[node->index] = lowering_result(low);
}

/* Each branch is copied into its channels of one buffer. */
static void lower_concat(Lowering *low, const Node *node)
{
    const Padding room = halo_wanted(low, node->index);
    const View whole = view_inner(node->out, room);
    const int buffer = schedule_buffer(low->arena, low->schedule, node->name, HOME_ARENA,
                                       shape_count(shape_padded(node->out, room)));
    int64_t channel = 0;
    for (int k = 0; k < node->input_count; k++) {
        const Result *in = halo_settle(low, node, k);
        Step *step =
            lowering_step(low, node, &recipe_pad,
                          arena_printf(low->arena, "%s_%d", node->name, k + 1), in, in->view.shape);
        low->schedule->buffer_count--; /* not a buffer of its own */
        step->y = buffer;
        step->yv = step->conv =
            (View){in->view.shape, whole.origin + channel, whole.row, whole.pixel, false};
        step->halo = k == 0 && !padding_is_zero(room);
        channel += in->view.shape.c;
    }
    low->results[node->index] = (Result){buffer, whole, STEP_NONE, room, true};
}

/* The same values in another shape, which takes them in one piece. */
static void lower_view(Lowering *low, const Node *node)
{
    Result in = *halo_settle(low, node, 0);
    if (!view_is_plain(in.view))
        in = halo_copy(low, node, &in, (Padding){0});
    in.view.shape = node->out;
    in.view.pixel = node->out.c;
    in.view.row = node->out.w * node->out.c;
    low->results[node->index] = (Result){in.buffer, in.view, STEP_NONE, {0}, false};
}

/* A part of the image where it is. */
static void lower_crop(Lowering *low, const Node *node)
{
    const Result *in = halo_settle(low, node, 0);
    const Padding p = node->window.padding;
    View view = in->view;
    view.shape = node->out;
    view.origin += p.top * view.row + p.left * view.pixel;
    view.cropped = view.cropped || !padding_is_zero(p);
    low->results[node->index] = (Result){in->buffer, view, STEP_NONE, {0}, false};
}

static void lower_passed(Lowering *low, const Node *node, Padding p)
{
    Result *result = &low->results[node->index];
    *result = halo_read(low, node, p);
    result->settled = false;
}

static void lower_node(Lowering *low, const Node *node)
{
    switch (node->kind->role) {
    case ROLE_VIEW:
        lower_view(low, node);
        return;
    case ROLE_PAD:
        lower_passed(low, node, node->window.padding);
        return;
    case ROLE_CROP:
        lower_crop(low, node);
        return;
    case ROLE_ACTIVATION:
        lower_activation(low, node);
        return;
    case ROLE_SUM:
        lower_merge(low, node, &recipe_add);
        return;
    case ROLE_PRODUCT:
        lower_merge(low, node, &recipe_mul);
        return;
    case ROLE_CONCAT:
        lower_concat(low, node);
        return;
    case ROLE_LAYER:
        if (lowering_passes(low, node))
            lower_passed(low, node, (Padding){0});
        else if (node->kind->recipe->normalizes && low->training && node->trainable)
            lower_batch_norm(low, node);
        else if (node->kind->recipe->normalizes)
            lower_scale(low, node);
        else if (node->kind->recipe->pool != POOL_NONE)
            lower_pool(low, node);
        else
            lower_layer(low, node);
    }
}

/* The last buffer is the caller's output; when that would be the caller's input (only views in
 * between), it is copied. */
static void finish_output(Lowering *low)
{
    const Node *last = &low->graph->nodes[low->graph->node_count - 1];
    Result out = low->results[last->index];
    if (low->schedule->buffers[out.buffer].home == HOME_CALLER_INPUT || !view_is_plain(out.view))
        out = halo_copy(low, last, &out, (Padding){0});
    if (!low->training)
        low->schedule->buffers[out.buffer].home = HOME_CALLER_OUTPUT;
}

/* The caller's input channels first becomes pixels, in a buffer that can have zeros around it. */
static void lower_planes(Lowering *low)
{
    lowering_step(low, &low->graph->nodes[0], &recipe_planes, "input", &low->results[0],
                  low->graph->nodes[0].out);
    low->results[0] = lowering_result(low);
}

/* Counts the readers of each node that the output depends on; the others have none. */
static void count_readers(Lowering *low)
{
    const Graph *graph = low->graph;
    for (int i = graph->node_count - 1; i > 0; i--)
        for (int k = 0; k < graph->nodes[i].input_count; k++)
            if (low->readers[i] > 0 || i == graph->node_count - 1)
                low->readers[graph->nodes[i].inputs[k]]++;
}

/* Whether a tensor of the node or of one that it depends on is trained. */
static bool is_learning(const Lowering *low, const Node *node)
{
    for (int i = 0; i < node->tensor_count; i++)
        if (node->tensors[i].trainable || node->tensors[i].statistic)
            return true;
    for (int k = 0; k < node->input_count; k++)
        if (low->learns[node->inputs[k]])
            return true;
    return false;
}

void lower_graph(Arena *arena, const Graph *graph, bool training, bool clips, PlanOptions options,
                 Schedule *schedule)
{
    Lowering low = {arena,
                    graph,
                    schedule,
                    training,
                    clips,
                    false,
                    options,
                    ARENA_ARRAY(arena, graph->node_count, Result),
                    ARENA_ARRAY(arena, graph->node_count, int),
                    ARENA_ARRAY(arena, graph->node_count, bool)};
    const Shape input = graph->nodes[0].out;
    const int buffer =
        schedule_buffer(arena, schedule, "input", HOME_CALLER_INPUT, shape_count(input));
    count_readers(&low);
    low.results[0] = (Result){.buffer = buffer, .view = view_plain(input), .step = STEP_NONE};
    if (graph->planar && input.c > 1 && input.h * input.w > 1)
        lower_planes(&low);
    for (int i = 1; i < graph->node_count; i++) {
        low.learns[i] = is_learning(&low, &graph->nodes[i]);
        low.learning = training && low.learns[i];
        if (low.readers[i] > 0 || i == graph->node_count - 1)
            lower_node(&low, &graph->nodes[i]);
    }
    finish_output(&low);
}
