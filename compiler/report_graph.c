/* report_graph.c - the network as boxes and edges: which layers share a box, and where it stands.
 *
 * A layer stands alone unless it only goes over the values of the one before it (activation, norm,
 * view). Rows are longest paths from the input. Places come from report_layout.c. */
#include "report.h"

#include <inttypes.h>
#include <string.h>

#include "report_layout.h"

typedef struct {
    Arena *arena;
    const Graph *graph;
    Layout layout;
    int *box_of;       /* node → box */
    const Node **head; /* box → its first and last node */
    const Node **tail;
    Text *rest; /* names of the others */
} Drawing;

static bool goes_along(const Node *node)
{
    const Recipe *r = node->kind->recipe;
    const Role role = node->kind->role;
    return role == ROLE_ACTIVATION || role == ROLE_VIEW || role == ROLE_PAD || role == ROLE_CROP ||
           (r && (r->normalizes || r->only_training || r->elementwise));
}

static void add_boxes(Drawing *d)
{
    const Graph *g = d->graph;
    int *readers = ARENA_ARRAY(d->arena, g->node_count, int);
    for (int i = 1; i < g->node_count; i++)
        for (int k = 0; k < g->nodes[i].input_count; k++)
            readers[g->nodes[i].inputs[k]]++;
    for (int i = 0; i < g->node_count; i++) {
        const Node *node = &g->nodes[i];
        const int from = node->input_count > 0 ? node->inputs[0] : 0;
        int box = d->layout.count;
        if (i > 0 && from > 0 && node->input_count == 1 && readers[from] == 1 && goes_along(node)) {
            box = d->box_of[from];
            text_printf(&d->rest[box], "%s%s", d->rest[box].size ? ", " : "", node->name);
        } else {
            d->layout.count++;
            d->head[box] = node;
            d->rest[box].arena = d->arena;
        }
        d->tail[box] = node;
        d->box_of[i] = box;
    }
}

static void add_edges(Drawing *d)
{
    for (int i = 1; i < d->graph->node_count; i++) {
        const Node *node = &d->graph->nodes[i];
        const int to = d->box_of[i];
        for (int k = 0; k < node->input_count; k++)
            if (d->box_of[node->inputs[k]] != to)
                layout_edge(d->arena, &d->layout, d->box_of[node->inputs[k]], to);
    }
}

/* "conv2d 3x3/2 relu" */
static const char *describe(Arena *arena, const Node *head, const Node *tail)
{
    Text text = {.arena = arena};
    const Window *w = &head->window;
    const bool line = head->in.rank < 3;
    text_string(&text, head->kind->name);
    if (head->kind->recipe && (head->kind->recipe->linear || head->kind->recipe->pool) &&
        head->kind->dims > 0 && !strstr(head->kind->name, "global")) {
        text_printf(&text, line ? " %.0" PRId64 "%" PRId64 : " %" PRId64 "x%" PRId64,
                    line ? 0 : w->kernel.h, w->kernel.w);
        if (w->stride.w > 1 || w->stride.h > 1)
            text_printf(
                &text, w->stride.w == w->stride.h || line ? "/%" PRId64 : "/%" PRId64 "x%" PRId64,
                line || w->stride.w == w->stride.h ? w->stride.w : w->stride.h, w->stride.w);
    }
    for (const Node *n = head; n; n = n == head && tail != head ? tail : NULL)
        if (strcmp(n->activation->name, "linear") != 0 &&
            strcmp(n->activation->name, head->kind->name) != 0)
            text_printf(&text, " %s", n->activation->name);
    return text.data;
}

static Value *box_value(const Drawing *d, int box)
{
    const Node *head = d->head[box], *tail = d->tail[box];
    Value *table = value_table(d->arena);
    int64_t params = 0, macs = 0;
    for (int i = 1; i < d->graph->node_count; i++)
        if (d->box_of[i] == box) {
            params += d->graph->nodes[i].params.value;
            macs += d->graph->nodes[i].macs.value;
        }
    value_set_string(d->arena, table, "name", head->name);
    value_set_string(d->arena, table, "what", box == 0 ? "" : describe(d->arena, head, tail));
    value_set_string(d->arena, table, "rest", d->rest[box].data ? d->rest[box].data : "");
    value_set_string(d->arena, table, "family", box == 0 ? "input" : report_family(head));
    value_set_string(d->arena, table, "shape", shape_text(d->arena, tail->out));
    value_set_int(d->arena, table, "params", params);
    value_set_int(d->arena, table, "macs", macs);
    value_set_int(d->arena, table, "x", d->layout.places[box].x);
    value_set_int(d->arena, table, "y", d->layout.places[box].y);
    return table;
}

void report_graph(Arena *arena, Value *report, const Plan *plan)
{
    const Graph *graph = plan->graph;
    const int n = graph->node_count;
    Drawing d = {.arena = arena,
                 .graph = graph,
                 .box_of = ARENA_ARRAY(arena, n, int),
                 .head = ARENA_ARRAY(arena, n, const Node *),
                 .tail = ARENA_ARRAY(arena, n, const Node *),
                 .rest = ARENA_ARRAY(arena, n, Text)};
    Value *boxes = value_table(arena), *edges = value_table(arena), *drawing = value_table(arena);
    add_boxes(&d);
    add_edges(&d);
    layout_place(arena, &d.layout);
    for (int i = 0; i < d.layout.count; i++)
        value_add(arena, boxes, box_value(&d, i));
    for (int i = 0; i < d.layout.edge_count; i++) {
        const LayoutEdge *e = &d.layout.edges[i];
        Value *edge = value_table(arena);
        value_set_string(arena, edge, "from", d.head[e->from]->name);
        value_set_string(arena, edge, "to", d.head[e->to]->name);
        value_set_string(arena, edge, "shape", shape_text(arena, d.tail[e->from]->out));
        value_set_string(arena, edge, "path", e->path);
        value_add(arena, edges, edge);
    }
    value_set(arena, drawing, "boxes", boxes);
    value_set(arena, drawing, "edges", edges);
    value_set_int(arena, drawing, "width", d.layout.width);
    value_set_int(arena, drawing, "height", d.layout.height);
    value_set_int(arena, drawing, "box_width", LAYOUT_WIDTH);
    value_set_int(arena, drawing, "box_height", LAYOUT_HEIGHT);
    value_set(arena, report, "graph", drawing);
}
