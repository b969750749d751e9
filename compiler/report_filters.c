/* report_filters.c - kernels and feature maps as grids of small pictures.
 *
 * A kernel's colours are around white: blue below zero, red above, one scale for the layer; those
 * of a first layer on colours are colours themselves. A map goes from its own least (dark) to its
 * own largest value (bright). */
#include <math.h>
#include <string.h>

#include "report.h"

enum {
    LAYERS_MOST = 3,   /* with drawn kernels */
    FILTERS_MOST = 64, /* drawn of a layer */
    MATRIX_HEIGHT = 64,
    MATRIX_WIDTH = 256,
    INPUTS_MOST = 8, /* channels drawn of each filter */
    INPUT = 132,     /* pixels of the page the sample takes */
    CELL = 66,       /* pixels of the page a feature map takes */
    PAGE = 1056
};

/* Pixel (i, j) of picture p is values[p.start + i*down + j*right], of three colours `colour`
 * apart. */
typedef struct {
    const float *values;
    int64_t h, w, down, right;
    int64_t rows, columns, count; /* of pictures */
    int64_t by_row, by_column;    /* from picture to picture */
    int64_t colour;               /* 0: one number a pixel */
} Grid;

typedef struct {
    double least, most;
} Range;

static Range range_of(const Grid *g, int64_t start)
{
    Range r = {INFINITY, -INFINITY};
    for (int64_t i = 0; i < g->h; i++)
        for (int64_t j = 0; j < g->w; j++)
            for (int64_t k = 0; k < (g->colour ? 3 : 1); k++) {
                const double v =
                    (double)g->values[start + i * g->down + j * g->right + k * g->colour];
                if (isfinite(v)) {
                    r.least = v < r.least ? v : r.least;
                    r.most = v > r.most ? v : r.most;
                }
            }
    return r;
}

/* The colour at 0..1 between five of a scale. */
static void mix(const unsigned char scale[5][3], double at, unsigned char *out)
{
    const double place = 4 * (isfinite(at) ? fmin(fmax(at, 0), 1) : 0);
    const int low = place >= 4 ? 3 : (int)place;
    for (int k = 0; k < 3; k++)
        out[k] = (unsigned char)(scale[low][k] +
                                 (place - low) * (scale[low + 1][k] - scale[low][k]) + 0.5);
}

static void colour_of(const Grid *g, int64_t at, Range r, bool kernel, unsigned char *out)
{
    static const unsigned char around[5][3] = {
        {33, 84, 163}, {129, 177, 222}, {247, 247, 245}, {240, 158, 122}, {178, 34, 44}};
    static const unsigned char rising[5][3] = {
        {20, 14, 54}, {88, 24, 110}, {187, 55, 84}, {245, 137, 42}, {252, 253, 191}};
    const double span = r.most > r.least ? r.most - r.least : 1;
    if (g->colour)
        for (int k = 0; k < 3; k++) {
            const double v = ((double)g->values[at + k * g->colour] - r.least) / span;
            out[k] = (unsigned char)(255 * (isfinite(v) ? fmin(fmax(v, 0), 1) : 0) + 0.5);
        }
    else
        mix(kernel ? around : rising, ((double)g->values[at] - r.least) / span, out);
    out[3] = 255;
}

/* All pictures in one, with a transparent line between them. */
static const char *draw(Arena *arena, const Grid *g, bool kernel)
{
    const int64_t height = g->rows * (g->h + 1) - 1, width = g->columns * (g->w + 1) - 1;
    unsigned char *pixels = arena_array(arena, (size_t)height, (size_t)width * 4);
    Range all = {0, 0};
    for (int64_t p = 0; kernel && p < g->count; p++) {
        const Range r = range_of(g, p / g->columns * g->by_row + p % g->columns * g->by_column);
        all.most = fmax(all.most, fmax(fabs(r.least), fabs(r.most)));
        all.least = -all.most;
    }
    for (int64_t p = 0; p < g->count; p++) {
        const int64_t row = p / g->columns, column = p % g->columns;
        const int64_t start = row * g->by_row + column * g->by_column;
        const Range r = kernel && !g->colour ? all : range_of(g, start);
        for (int64_t i = 0; i < g->h; i++)
            for (int64_t j = 0; j < g->w; j++)
                colour_of(g, start + i * g->down + j * g->right, r, kernel,
                          pixels + 4 * ((row * (g->h + 1) + i) * width + column * (g->w + 1) + j));
    }
    return report_image(arena, pixels, height, width);
}

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static Value *picture_value(Arena *arena, const Grid *g, const char *name, const char *what,
                            bool kernel)
{
    Value *table = value_table(arena);
    const int64_t width = g->columns * (g->w + 1) - 1, height = g->rows * (g->h + 1) - 1;
    const int64_t side = g->h > g->w ? g->h : g->w;
    const int64_t cell = !kernel                     ? (g->count > 1 ? CELL : INPUT) / (g->w + 1)
                         : g->count == 1 || side > 9 ? 6
                                                     : 36 / side;
    const int64_t fits = at_most(PAGE / width, cell), zoom = fits > 1 ? fits : 1;
    value_set_string(arena, table, "name", name);
    value_set_string(arena, table, "what", what);
    value_set_string(arena, table, "image", draw(arena, g, kernel));
    value_set_int(arena, table, "width", width * zoom);
    value_set_int(arena, table, "height", height * zoom);
    return table;
}

/* Row p / columns and column p % columns of `count` pictures that lie `step` apart. */
static void in_rows(Grid *g, int64_t count, int64_t step, int64_t columns)
{
    g->count = count;
    g->columns = at_most(columns, count);
    g->rows = (count + g->columns - 1) / g->columns;
    g->by_column = step;
    g->by_row = step * g->columns;
}

/* What lies before `node` with only views between them, as an image. */
static Shape image_before(const Graph *graph, const Node *node)
{
    while (node->input_count > 0) {
        node = &graph->nodes[node->inputs[0]];
        if (node->out.rank > 1 || node->kind->role != ROLE_VIEW)
            break;
    }
    return node->out;
}

/* a x b numbers as one picture, the longer side from left to right. */
static const char *draw_matrix(Arena *arena, Grid *g, int64_t a, int64_t b)
{
    const bool turned = a > b;
    g->h = at_most(turned ? b : a, MATRIX_HEIGHT);
    g->w = at_most(turned ? a : b, MATRIX_WIDTH);
    g->down = turned ? 1 : b;
    g->right = turned ? b : 1;
    in_rows(g, 1, 0, 1);
    return arena_printf(arena, "%lld %s (right) x %lld %s (down)%s", (long long)(turned ? a : b),
                        turned ? "inputs" : "outputs", (long long)(turned ? b : a),
                        turned ? "outputs" : "inputs",
                        g->h * g->w < a * b ? ", the first of them" : "");
}

/* Kernel (rows, columns, a, b). Its last axis but one is the input's channels, and there is one
 * picture for each pair of channels. Returns what is shown. */
static const char *draw_windows(Arena *arena, Grid *g, const Node *node)
{
    const Tensor *t = &node->tensors[0];
    const int64_t a = t->dims[t->rank - 2], b = t->dims[t->rank - 1];
    const bool line = t->dims[0] == 1;
    g->h = t->rank == 4 ? t->dims[0] : 1;
    g->w = t->dims[t->rank - 3];
    g->down = g->w * a * b;
    g->right = a * b;
    g->colour = a == 3 && node->inputs[0] == 0 && !line ? b : 0;
    if (line && a > 1) { /* a row for each channel */
        g->h = at_most(a, MATRIX_HEIGHT);
        g->down = b;
        in_rows(g, at_most(b, FILTERS_MOST), 1, 32);
        return arena_printf(arena, "%lld of %lld filters, input channels downwards",
                            (long long)g->count, (long long)b);
    }
    if (a == 1 || b == 1 || g->colour) {
        const int64_t all = g->colour ? b : a * b;
        in_rows(g, at_most(all, FILTERS_MOST), 1, 16);
        return arena_printf(arena, "%lld of %lld filters%s", (long long)g->count, (long long)all,
                            g->colour ? ", in red, green and blue" : "");
    }
    g->rows = at_most(a, INPUTS_MOST);
    g->columns = at_most(b, FILTERS_MOST / 2);
    g->count = g->rows * g->columns;
    g->by_row = b;
    g->by_column = 1;
    return arena_printf(arena, "%lld of %lld filters (right), %lld of %lld input channels (down)",
                        (long long)g->columns, (long long)b, (long long)g->rows, (long long)a);
}

/* A dense layer that reads an image has a picture for each unit. */
static const char *draw_kernel(Arena *arena, Grid *g, const Graph *graph, const Node *node)
{
    const Tensor *t = &node->tensors[0];
    const int64_t a = t->dims[t->rank - 2], b = t->dims[t->rank - 1];
    const Shape image = image_before(graph, node);
    if (t->rank > 2 && t->count > a * b)
        return draw_windows(arena, g, node);
    if (t->rank > 2 || image.rank < 3 || image.h == 1 || image.c > 3 || shape_count(image) != a)
        return draw_matrix(arena, g, a, b);
    g->h = image.h;
    g->w = image.w;
    g->down = image.w * image.c * b;
    g->right = image.c * b;
    in_rows(g, at_most(b, FILTERS_MOST / 2), 1, 16);
    return arena_printf(arena, "%lld of %lld units, on %s", (long long)g->count, (long long)b,
                        shape_text(arena, image));
}

const float *report_fixed(Arena *arena, const Graph *graph)
{
    float *weights = ARENA_ARRAY(arena, graph->param_count, float), *at = weights;
    for (int i = 1; i < graph->node_count; i++)
        for (int t = 0; t < graph->nodes[i].tensor_count; t++) {
            const Tensor *tensor = &graph->nodes[i].tensors[t];
            if (tensor->trainable ||
                (tensor->init.kind != INIT_FIXED && tensor->init.kind != INIT_CONSTANT))
                return NULL;
            for (int64_t k = 0; k < tensor->count; k++)
                *at++ = (float)(tensor->init.kind == INIT_FIXED ? tensor->init.values[k]
                                                                : tensor->init.constant);
        }
    return weights;
}

void report_filters(Arena *arena, Value *report, const Plan *plan, const float *weights)
{
    const Graph *graph = plan->graph;
    Value *filters = value_table(arena);
    for (int i = 1; weights && i < graph->node_count; i++) {
        const Node *node = &graph->nodes[i];
        if (node->tensor_count > 0 && node->kind->recipe->linear &&
            filters->item_count < LAYERS_MOST) {
            Grid grid = {.values = weights};
            const char *what = draw_kernel(arena, &grid, graph, node);
            value_add(arena, filters, picture_value(arena, &grid, node->name, what, true));
        }
        for (int t = 0; t < node->tensor_count; t++)
            weights += node->tensors[t].count;
    }
    value_set(arena, report, "filters", filters);
}

static Value *map_value(Arena *arena, const ReportMap *map, bool input)
{
    const Shape y = map->node->out;
    const int64_t shown = at_most(y.c, y.w > 64 ? 16 : 32);
    Grid g = {.values = map->values, .h = y.h, .w = y.w, .down = y.w * y.c, .right = y.c};
    const char *what = arena_printf(arena, "%s, %s%lld channels", shape_text(arena, y),
                                    shown < y.c ? "the first " : "", (long long)shown);
    in_rows(&g, shown, 1, 16);
    if (y.h == 1 && !input) {
        g.h = at_most(y.c, 64), g.down = 1; /* a line: channels downwards */
        in_rows(&g, 1, 0, 1);
        what = arena_printf(arena, "%s, channels downwards", shape_text(arena, y));
    } else if (input) {
        g.colour = y.c == 3 ? 1 : 0;
        in_rows(&g, 1, 0, 1);
        what = shape_text(arena, y);
    }
    return picture_value(arena, &g, map->node->name, what, false);
}

/* The largest outputs first, at most ten. */
static Value *outputs_value(Arena *arena, const ReportMap *map)
{
    Value *list = value_table(arena);
    const int64_t size = shape_count(map->node->out);
    bool *taken = ARENA_ARRAY(arena, size, bool);
    for (int64_t n = 0; n < size && n < 10; n++) {
        int64_t best = -1;
        for (int64_t i = 0; i < size; i++)
            if (!taken[i] && (best < 0 || map->values[i] > map->values[best]))
                best = i;
        Value *row = value_table(arena);
        const double v = (double)map->values[best];
        taken[best] = true;
        value_set_int(arena, row, "index", best);
        value_set_string(arena, row, "value", arena_printf(arena, "%.4g", v));
        value_set_int(arena, row, "part", v >= 0 && v <= 1 ? (int64_t)(1000 * v + 0.5) : -1);
        value_add(arena, list, row);
    }
    return list;
}

void report_maps(Arena *arena, Value *report, const ReportMap *maps)
{
    Value *list = value_table(arena), *outputs = value_table(arena);
    for (int i = 0; maps && maps[i].node; i++) {
        const Shape y = maps[i].node->out;
        if (y.h * y.w > 1)
            value_add(arena, list, map_value(arena, &maps[i], i == 0));
        else if (i > 0 && !maps[i + 1].node)
            outputs = outputs_value(arena, &maps[i]);
    }
    value_set(arena, report, "maps", list);
    value_set(arena, report, "outputs", outputs);
}
