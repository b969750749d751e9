/* lower.c - turns nodes into steps, each node into as little code as possible.
 *
 * A view (flatten, reshape) is no step. Zeros around an input are written by whoever makes that
 * input: its buffer gets a halo; only the caller's input is copied. An activation and a pool
 * without overlap run inside the convolution before them. In training a pool stays a step of its
 * own, and so does an activation whose gradient needs its input. */
#include "lower.h"

#include <string.h>

/* What a node's output is while lowering: an image in a buffer. */
typedef struct {
    int buffer;
    View view;
    int step;     /* that made it; STEP_NONE: the caller's input, or a sight of another result */
    Padding room; /* zeros around the view */
    bool settled; /* somebody reads it: its place is fixed */
} Result;

typedef struct {
    Arena *arena;
    const Graph *graph;
    Schedule *schedule;
    bool training;
    PlanOptions options;
    Result *results; /* by node */
    int *readers;    /* by node; how many of the nodes that the output depends on */
} Lowering;

enum { FUSED_WINDOW_MOST = 9 };

int schedule_buffer(Arena *arena, Schedule *schedule, const char *name, Home home, int64_t count)
{
    schedule->buffers = arena_grow(arena, schedule->buffers, (size_t)schedule->buffer_count,
                                   (size_t)schedule->buffer_count + 1, sizeof *schedule->buffers);
    schedule->buffers[schedule->buffer_count] =
        (Buffer){.name = name, .home = home, .count = count, .samples = 1};
    return schedule->buffer_count++;
}

static View plain_view(Shape shape)
{
    return (View){.shape = shape, .row = shape.w * shape.c, .pixel = shape.c};
}

/* The view of an image with zeros around it, in a buffer of its own. */
static View inner_view(Shape s, Padding room)
{
    const int64_t row = (s.w + room.left + room.right) * s.c;
    return (View){.shape = s, .origin = room.top * row + room.left * s.c, .row = row, .pixel = s.c};
}

static Shape padded_shape(Shape s, Padding p)
{
    return (Shape){s.h + p.top + p.bottom, s.w + p.left + p.right, s.c, s.rank};
}

static bool is_zero(Padding p)
{
    return p.top + p.bottom + p.left + p.right == 0;
}

static bool is_plain(View view)
{
    return view.pixel == view.shape.c && view.row == view.shape.w * view.shape.c;
}

/* A step that reads `in` and writes a new buffer of shape `out`. */
static Step *add_step(Lowering *low, const Node *node, const Recipe *recipe, const char *name,
                      const Result *in, Shape out)
{
    Schedule *schedule = low->schedule;
    schedule->steps = arena_grow(low->arena, schedule->steps, (size_t)schedule->count,
                                 (size_t)schedule->count + 1, sizeof *schedule->steps);
    Step *step = &schedule->steps[schedule->count++];
    *step = (Step){.node = node,
                   .recipe = recipe,
                   .name = name,
                   .x = in->buffer,
                   .xv = in->view,
                   .yv = plain_view(out),
                   .z = STEP_NONE,
                   .conv = plain_view(out),
                   .from_caller = schedule->buffers[in->buffer].home == HOME_CALLER_INPUT,
                   .samples = low->training ? low->graph->batch : 1,
                   .norm_values = STEP_NONE,
                   .kept = STEP_NONE,
                   .argmax = STEP_NONE,
                   .dx = STEP_NONE,
                   .dy = STEP_NONE,
                   .dz = STEP_NONE,
                   .forward_pass = {recipe->templates, STEP_NONE, STEP_NONE, STEP_NONE},
                   .backward_pass = {recipe->templates, STEP_NONE, STEP_NONE, STEP_NONE},
                   .activation = activation_find("linear")};
    step->y = schedule_buffer(low->arena, schedule, name, HOME_ARENA, shape_count(out));
    return step;
}

static Result step_result(const Lowering *low)
{
    const Step *step = &low->schedule->steps[low->schedule->count - 1];
    return (Result){.buffer = step->y, .view = step->yv, .step = low->schedule->count - 1};
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

static bool passes_through(const Lowering *low, const Node *node)
{
    return !low->training && node->kind->recipe && node->kind->recipe->only_training;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static Padding wanted_room(const Lowering *low, int index);

/* The zeros that a reader wants around its input; false when it wants its values in one piece. */
static bool reader_room(const Lowering *low, const Node *reader, Padding *room)
{
    const Padding p = reader->window.padding;
    *room = (Padding){0};
    if (reader->kind->role == ROLE_VIEW)
        return false;
    if (reader->kind->role == ROLE_LAYER && reader->kind->recipe->takes_halo)
        *room = p;
    if (reader->kind->role == ROLE_PAD || passes_through(low, reader)) {
        const Padding more = wanted_room(low, reader->index);
        *room = (Padding){p.top + more.top, p.bottom + more.bottom, p.left + more.left,
                          p.right + more.right};
    }
    return true;
}

/* The zeros around a result that suit all its readers; none when one of them wants its values in
 * one piece, as the caller does. */
static Padding wanted_room(const Lowering *low, int index)
{
    const Graph *graph = low->graph;
    Padding most = {0};
    if (index == graph->node_count - 1)
        return most;
    for (int i = index + 1; i < graph->node_count; i++) {
        const Node *reader = &graph->nodes[i];
        Padding room;
        bool reads = false;
        for (int k = 0; k < reader->input_count; k++)
            reads |= reader->inputs[k] == index;
        if (!reads || (low->readers[i] == 0 && i < graph->node_count - 1))
            continue;
        if (!reader_room(low, reader, &room))
            return (Padding){0};
        most = (Padding){larger(most.top, room.top), larger(most.bottom, room.bottom),
                         larger(most.left, room.left), larger(most.right, room.right)};
    }
    return most;
}

/* A copy with `room` zeros around it. */
static Result padded_copy(Lowering *low, const Node *node, const Result *in, Padding room)
{
    Step *step = add_step(low, node, &recipe_pad, arena_printf(low->arena, "%s_pad", node->name),
                          in, padded_shape(in->view.shape, room));
    step->halo = !is_zero(room);
    step->yv = step->conv = inner_view(in->view.shape, room);
    return (Result){step->y, step->yv, STEP_NONE, room, true};
}

static bool has_room(Padding room, Padding p)
{
    return p.top <= room.top && p.bottom <= room.bottom && p.left <= room.left &&
           p.right <= room.right;
}

/* What `node` reads: from now on its place is fixed, with the zeros that its readers want. */
static const Result *settle(Lowering *low, const Node *node, int input)
{
    Result *in = &low->results[node->inputs[input]];
    if (in->settled)
        return in;
    const Padding room = wanted_room(low, node->inputs[input]);
    in->settled = true;
    if (has_room(in->room, room))
        return in;
    if (in->step == STEP_NONE) {
        *in = padded_copy(low, node, in, room);
        return in;
    }
    Step *step = &low->schedule->steps[in->step];
    low->schedule->buffers[step->y].count = shape_count(padded_shape(step->yv.shape, room));
    step->halo = true;
    step->yv = in->view = inner_view(step->yv.shape, room);
    if (!step->pool)
        step->conv = step->yv;
    in->room = room;
    return in;
}

/* Input 0 of a node with `p` zeros around it. */
static Result read_padded(Lowering *low, const Node *node, Padding p)
{
    Result in = *settle(low, node, 0);
    if (!has_room(in.room, p))
        in = padded_copy(low, node, &in, p);
    in.view.shape = padded_shape(in.view.shape, p);
    in.view.origin -= p.top * in.view.row + p.left * in.view.pixel;
    in.room.top -= p.top;
    in.room.bottom -= p.bottom;
    in.room.left -= p.left;
    in.room.right -= p.right;
    in.step = STEP_NONE;
    return in;
}

static void apply_activation(Lowering *low, const Node *node, const Activation *activation,
                             double alpha)
{
    Step *step = &low->schedule->steps[low->schedule->count - 1];
    if (!low->training || !activation->from_input) {
        step->activation = activation;
        step->alpha = alpha;
        return;
    }
    const Result in = step_result(low);
    step = add_step(low, node, &recipe_activation,
                    arena_printf(low->arena, "%s_%s", node->name, activation->name), &in,
                    step->yv.shape);
    step->activation = activation;
    step->alpha = alpha;
}

static void lower_layer(Lowering *low, const Node *node)
{
    const bool halo = node->kind->recipe->takes_halo;
    const Result in = read_padded(low, node, halo ? node->window.padding : (Padding){0});
    Step *step = add_step(low, node, node->kind->recipe, node->name, &in, node->out);
    step->batched = step->recipe->whole_batch && low->training && low->graph->batch > 1;
    if (!is_linear(node->activation))
        apply_activation(low, node, node->activation, node->alpha);
    low->results[node->index] = step_result(low);
}

/* By statistics of the batch, which backward needs again. */
static void lower_batch_norm(Lowering *low, const Node *node)
{
    lower_layer(low, node);
    int s = low->schedule->count - 1;
    while (low->schedule->steps[s].recipe != node->kind->recipe)
        s--;
    Step *step = &low->schedule->steps[s];
    step->kept =
        schedule_buffer(low->arena, low->schedule, arena_printf(low->arena, "%s_kept", step->name),
                        HOME_ARENA, 3 * node->in.c);
    low->schedule->buffers[step->kept].samples = 0;
}

/* A scale and a shift for each channel: on the sums of the step before, if that can. */
static void lower_scale(Lowering *low, const Node *node)
{
    Step *step = low->training ? NULL : open_producer(low, node);
    if (step && step->recipe->takes_norm && is_linear(step->activation) && !step->pool &&
        !step->norm) {
        step->norm = node;
        step->activation = node->activation;
        step->alpha = node->alpha;
        low->results[node->index] = low->results[node->inputs[0]];
        return;
    }
    step = add_step(low, node, node->kind->recipe, node->name, settle(low, node, 0), node->out);
    step->norm = node;
    if (!is_linear(node->activation))
        apply_activation(low, node, node->activation, node->alpha);
    low->results[node->index] = step_result(low);
}

static void lower_activation(Lowering *low, const Node *node)
{
    Step *step = open_producer(low, node);
    if (step && step->recipe->takes_activation && is_linear(step->activation) && !step->pool &&
        !(low->training && node->activation->from_input)) {
        step->activation = node->activation;
        step->alpha = node->alpha;
        low->results[node->index] = low->results[node->inputs[0]];
        return;
    }
    step = add_step(low, node, &recipe_activation, node->name, settle(low, node, 0), node->out);
    step->activation = node->activation;
    step->alpha = node->alpha;
    low->results[node->index] = step_result(low);
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
    return (!low->training || trained) && step->recipe->takes_pool && !step->pool &&
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
    step->yv = plain_view(node->out);
    low->schedule->buffers[step->y].count = shape_count(node->out);
    low->schedule->buffers[step->y].name = step->name;
    if (low->training)
        add_argmax(low, step);
    Result *result = &low->results[node->index];
    *result = low->results[node->inputs[0]];
    result->view = step->yv;
}

/* y = x + z, or x * z, from the left to the right. */
static void lower_merge(Lowering *low, const Node *node, const Recipe *recipe)
{
    Result left = *settle(low, node, 0);
    for (int k = 1; k < node->input_count; k++) {
        Result right = *settle(low, node, k);
        const bool last = k + 1 == node->input_count;
        if (shape_count(left.view.shape) < shape_count(right.view.shape)) {
            const Result scale = left;
            left = right;
            right = scale;
        }
        Step *step = add_step(low, node, recipe,
                              last ? node->name : arena_printf(low->arena, "%s_%d", node->name, k),
                              &left, left.view.shape);
        step->z = right.buffer;
        step->zv = right.view;
        left = step_result(low);
    }
    if (!is_linear(node->activation))
        apply_activation(low, node, node->activation, node->alpha);
    low->results[node->index] = step_result(low);
}

/* Each branch is copied into its channels of one buffer. */
static void lower_concat(Lowering *low, const Node *node)
{
    const Padding room = wanted_room(low, node->index);
    const View whole = inner_view(node->out, room);
    const int buffer = schedule_buffer(low->arena, low->schedule, node->name, HOME_ARENA,
                                       shape_count(padded_shape(node->out, room)));
    int64_t channel = 0;
    for (int k = 0; k < node->input_count; k++) {
        const Result *in = settle(low, node, k);
        Step *step =
            add_step(low, node, &recipe_pad, arena_printf(low->arena, "%s_%d", node->name, k + 1),
                     in, in->view.shape);
        low->schedule->buffer_count--; /* not a buffer of its own */
        step->y = buffer;
        step->yv = step->conv =
            (View){in->view.shape, whole.origin + channel, whole.row, whole.pixel};
        step->halo = k == 0 && !is_zero(room);
        channel += in->view.shape.c;
    }
    low->results[node->index] = (Result){buffer, whole, STEP_NONE, room, true};
}

/* The same values in another shape, which takes them in one piece. */
static void lower_view(Lowering *low, const Node *node)
{
    Result in = *settle(low, node, 0);
    if (!is_plain(in.view))
        in = padded_copy(low, node, &in, (Padding){0});
    in.view.shape = node->out;
    in.view.pixel = node->out.c;
    in.view.row = node->out.w * node->out.c;
    low->results[node->index] = (Result){in.buffer, in.view, STEP_NONE, {0}, false};
}

static void lower_passed(Lowering *low, const Node *node, Padding p)
{
    Result *result = &low->results[node->index];
    *result = read_padded(low, node, p);
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
        if (passes_through(low, node))
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
    if (low->schedule->buffers[out.buffer].home == HOME_CALLER_INPUT || !is_plain(out.view))
        out = padded_copy(low, last, &out, (Padding){0});
    if (!low->training)
        low->schedule->buffers[out.buffer].home = HOME_CALLER_OUTPUT;
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

void lower_graph(Arena *arena, const Graph *graph, bool training, PlanOptions options,
                 Schedule *schedule)
{
    Lowering low = {arena,
                    graph,
                    schedule,
                    training,
                    options,
                    ARENA_ARRAY(arena, graph->node_count, Result),
                    ARENA_ARRAY(arena, graph->node_count, int)};
    const Shape input = graph->nodes[0].out;
    const int buffer =
        schedule_buffer(arena, schedule, "input", HOME_CALLER_INPUT, shape_count(input));
    count_readers(&low);
    low.results[0] = (Result){.buffer = buffer, .view = plain_view(input), .step = STEP_NONE};
    for (int i = 1; i < graph->node_count; i++)
        if (low.readers[i] > 0 || i == graph->node_count - 1)
            lower_node(&low, &graph->nodes[i]);
    finish_output(&low);
}
