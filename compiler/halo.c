/* halo.c - where results lie while a graph is lowered, and the zeros around them.
 *
 * A result gets the zeros that all its readers want together, once, when the first of them reads
 * it. Only what is not a step's own buffer is copied for that. */
#include "lowering.h"

View view_plain(Shape shape)
{
    return (View){.shape = shape, .row = shape.w * shape.c, .pixel = shape.c};
}

/* The view of an image with zeros around it, in a buffer of its own. */
View view_inner(Shape s, Padding room)
{
    const int64_t row = (s.w + room.left + room.right) * s.c;
    return (View){.shape = s, .origin = room.top * row + room.left * s.c, .row = row, .pixel = s.c};
}

Shape shape_padded(Shape s, Padding p)
{
    return (Shape){s.h + p.top + p.bottom, s.w + p.left + p.right, s.c, s.rank};
}

bool padding_is_zero(Padding p)
{
    return p.top + p.bottom + p.left + p.right == 0;
}

bool view_is_plain(View view)
{
    return !view.cropped && view.pixel == view.shape.c && view.row == view.shape.w * view.shape.c;
}

/* A step that reads `in` and writes a new buffer of shape `out`. */
Step *lowering_step(Lowering *low, const Node *node, const Recipe *recipe, const char *name,
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
                   .yv = view_plain(out),
                   .z = STEP_NONE,
                   .conv = view_plain(out),
                   .from_caller = schedule->buffers[in->buffer].home == HOME_CALLER_INPUT,
                   .samples = low->training ? low->graph->batch : 1,
                   .clips = low->clips && recipe->clips,
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

Result lowering_result(const Lowering *low)
{
    const Step *step = &low->schedule->steps[low->schedule->count - 1];
    return (Result){.buffer = step->y, .view = step->yv, .step = low->schedule->count - 1};
}

bool lowering_passes(const Lowering *low, const Node *node)
{
    return !low->training && node->kind->recipe && node->kind->recipe->only_training;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The zeros around its input that a layer reads. */
Padding halo_own(const Lowering *low, const Node *node)
{
    const Recipe *recipe = node->kind->recipe;
    if (!recipe->takes_halo || (low->clips && recipe->clips))
        return (Padding){0};
    return recipe->halo ? recipe->halo(node) : node->window.padding;
}

/* The zeros that a reader wants around its input; false when it wants its values in one piece. */
static bool reader_room(const Lowering *low, const Node *reader, Padding *room)
{
    const Padding p = reader->window.padding;
    *room = (Padding){0};
    if (reader->kind->role == ROLE_VIEW)
        return false;
    if (reader->kind->role == ROLE_LAYER)
        *room = halo_own(low, reader);
    if (reader->kind->role == ROLE_PAD || lowering_passes(low, reader)) {
        const Padding more = halo_wanted(low, reader->index);
        *room = (Padding){p.top + more.top, p.bottom + more.bottom, p.left + more.left,
                          p.right + more.right};
    }
    return true;
}

/* The zeros around a result that suit all its readers; none when one of them wants its values in
 * one piece, as the caller does. */
Padding halo_wanted(const Lowering *low, int index)
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
Result halo_copy(Lowering *low, const Node *node, const Result *in, Padding room)
{
    Step *step =
        lowering_step(low, node, &recipe_pad, arena_printf(low->arena, "%s_pad", node->name), in,
                      shape_padded(in->view.shape, room));
    step->halo = !padding_is_zero(room);
    step->yv = step->conv = view_inner(in->view.shape, room);
    return (Result){step->y, step->yv, STEP_NONE, room, true};
}

static bool has_room(Padding room, Padding p)
{
    return p.top <= room.top && p.bottom <= room.bottom && p.left <= room.left &&
           p.right <= room.right;
}

/* What `node` reads: from now on its place is fixed, with the zeros that its readers want. */
const Result *halo_settle(Lowering *low, const Node *node, int input)
{
    Result *in = &low->results[node->inputs[input]];
    if (in->settled)
        return in;
    const Padding room = halo_wanted(low, node->inputs[input]);
    in->settled = true;
    if (has_room(in->room, room))
        return in;
    if (in->step == STEP_NONE) {
        *in = halo_copy(low, node, in, room);
        return in;
    }
    Step *step = &low->schedule->steps[in->step];
    low->schedule->buffers[step->y].count = shape_count(shape_padded(step->yv.shape, room));
    step->halo = true;
    step->yv = in->view = view_inner(step->yv.shape, room);
    if (!step->pool)
        step->conv = step->yv;
    in->room = room;
    return in;
}

/* Input 0 of a node with `p` zeros around it. */
Result halo_read(Lowering *low, const Node *node, Padding p)
{
    Result in = *halo_settle(low, node, 0);
    if (!has_room(in.room, p))
        in = halo_copy(low, node, &in, p);
    in.view.shape = shape_padded(in.view.shape, p);
    in.view.origin -= p.top * in.view.row + p.left * in.view.pixel;
    in.room.top -= p.top;
    in.room.bottom -= p.bottom;
    in.room.left -= p.left;
    in.room.right -= p.right;
    in.step = STEP_NONE;
    return in;
}
