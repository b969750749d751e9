/* lower.c - turns nodes into steps, each node into as little code as possible.
 *
 * A view (flatten, reshape) is no step. Zeros around an input are written by whoever makes that
 * input: its buffer gets a halo; only the caller's input is copied. An activation and a pool
 * without overlap run inside the convolution before them. In training a pool stays a step of its
 * own, and so does an activation whose gradient needs its input. */
#include "lower.h"

#include <string.h>

/* What a node's output is while lowering: an image in a buffer, and the step that made it, if it
 * can still take things in. */
typedef struct {
    int buffer;
    View view;
    int step;   /* STEP_NONE: the caller's input */
    bool whole; /* the step's own output, not a reshaped or padded sight of it */
} Result;

typedef struct {
    Arena *arena;
    const Graph *graph;
    Schedule *schedule;
    bool training;
    PlanOptions options;
    Result *results; /* by node */
    int *readers;    /* by node */
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
    return (View){.shape = shape, .origin = 0, .row = shape.w * shape.c};
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
                   .conv = plain_view(out),
                   .producer = in->step,
                   .argmax = STEP_NONE,
                   .dx = STEP_NONE,
                   .dy = STEP_NONE,
                   .forward_pass = {recipe->templates, STEP_NONE, STEP_NONE, STEP_NONE},
                   .backward_pass = {recipe->templates, STEP_NONE, STEP_NONE, STEP_NONE},
                   .activation = activation_find("linear")};
    step->y = schedule_buffer(low->arena, schedule, name, HOME_ARENA, shape_count(out));
    return step;
}

static Result step_result(const Lowering *low)
{
    const Step *step = &low->schedule->steps[low->schedule->count - 1];
    return (Result){
        .buffer = step->y, .view = step->yv, .step = low->schedule->count - 1, .whole = true};
}

/* The step that made node n's input, when nobody else reads it and it can still change. */
static Step *open_producer(const Lowering *low, const Node *node)
{
    const Result *in = &low->results[node->inputs[0]];
    if (!in->whole || in->step == STEP_NONE || low->readers[node->inputs[0]] != 1)
        return NULL;
    return &low->schedule->steps[in->step];
}

static bool is_linear(const Activation *activation)
{
    return strcmp(activation->name, "linear") == 0;
}

/* The input with zeros around it; `padding` may be all zero, which makes a copy. */
static Result padded(Lowering *low, const Node *node, Result in, Padding p, bool open)
{
    const Shape s = in.view.shape;
    const Shape out = {s.h + p.top + p.bottom, s.w + p.left + p.right, s.c, s.rank};
    Step *step;
    if (open) {
        step = &low->schedule->steps[in.step];
        low->schedule->buffers[step->y].count = shape_count(out);
    } else {
        step = add_step(low, node, &recipe_pad, arena_printf(low->arena, "%s_pad", node->name), &in,
                        out);
    }
    step->halo = p.top + p.bottom + p.left + p.right > 0;
    step->yv = (View){s, p.top * out.w * s.c + p.left * s.c, out.w * s.c};
    if (!step->pool)
        step->conv = step->yv;
    return (Result){
        .buffer = step->y, .view = plain_view(out), .step = (int)(step - low->schedule->steps)};
}

static Result pad_input(Lowering *low, const Node *node, Result in)
{
    const Recipe *recipe = node->kind->recipe;
    const Padding p = recipe->halo ? recipe->halo(node) : node->window.padding;
    if (p.top + p.bottom + p.left + p.right == 0)
        return in;
    return padded(low, node, in, p, open_producer(low, node) != NULL);
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
    Result in = low->results[node->inputs[0]];
    if (node->kind->recipe->takes_halo)
        in = pad_input(low, node, in);
    Step *step = add_step(low, node, node->kind->recipe, node->name, &in, node->out);
    step->batched = step->recipe->whole_batch && low->training && low->graph->batch > 1;
    if (!is_linear(node->activation))
        apply_activation(low, node, node->activation, node->alpha);
    low->results[node->index] = step_result(low);
}

static void lower_activation(Lowering *low, const Node *node)
{
    Step *step = open_producer(low, node);
    if (step && step->recipe->linear && is_linear(step->activation) && !step->pool &&
        !(low->training && node->activation->from_input)) {
        step->activation = node->activation;
        step->alpha = node->alpha;
        low->results[node->index] = low->results[node->inputs[0]];
        return;
    }
    step = add_step(low, node, &recipe_activation, node->name, &low->results[node->inputs[0]],
                    node->out);
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

static void lower_node(Lowering *low, const Node *node)
{
    Result *result = &low->results[node->index];
    const Result in = low->results[node->inputs[0]];
    switch (node->kind->role) {
    case ROLE_VIEW:
        *result = in;
        result->view = plain_view(node->out);
        result->whole = false;
        return;
    case ROLE_PAD:
        *result = padded(low, node, in, node->window.padding, open_producer(low, node) != NULL);
        return;
    case ROLE_ACTIVATION:
        lower_activation(low, node);
        return;
    case ROLE_LAYER:
        if (strcmp(node->kind->name, "dropout") == 0 && !low->training) {
            *result = in;
            result->whole = false;
        } else if (node->kind->recipe->pool != POOL_NONE) {
            lower_pool(low, node);
        } else {
            lower_layer(low, node);
        }
    }
}

/* The last buffer is the caller's output; when that would be the caller's input (only views in
 * between), it is copied. */
static void finish_output(Lowering *low)
{
    const Node *last = &low->graph->nodes[low->graph->node_count - 1];
    Result out = low->results[last->index];
    if (out.step == STEP_NONE)
        out = padded(low, last, out, (Padding){0}, false);
    if (!low->training)
        low->schedule->buffers[out.buffer].home = HOME_CALLER_OUTPUT;
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
    for (int i = 1; i < graph->node_count; i++)
        for (int k = 0; k < graph->nodes[i].input_count; k++)
            low.readers[graph->nodes[i].inputs[k]]++;
    const int buffer =
        schedule_buffer(arena, schedule, "input", HOME_CALLER_INPUT, shape_count(input));
    low.results[0] = (Result){.buffer = buffer, .view = plain_view(input), .step = STEP_NONE};
    for (int i = 1; i < graph->node_count; i++)
        lower_node(&low, &graph->nodes[i]);
    finish_output(&low);
}
