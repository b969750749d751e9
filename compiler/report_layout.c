/* report_layout.c - Sugiyama's way to draw a graph, in small and for graphs made of blocks.
 *
 * 1. A box's row is its longest path from the input.
 * 2. The list is cut into columns, only where a single box is read across the cut.
 * 3. In a column an edge over several rows gets an item without a box in every row it passes, so
 *    that it has a place of its own.
 * 4. Items are joined to straight lines: the first branch of a block is the line that it starts
 *    from and ends in. Lines stand from left to right in the order of their first items, each as
 *    far left as the others in its rows allow.
 */
#include "report_layout.h"

enum {
    ROW = LAYOUT_HEIGHT + 22, /* from row to row */
    GAP = 12,                 /* between items of a row */
    THREAD = 10,              /* width of an edge that passes a row */
    GUTTER = 30,              /* between columns */
    ROWS_LEAST = 8,           /* a column is not cut shorter than that */
    COLUMN_COST = 4           /* as many rows must a column more save */
};

typedef struct {
    int box; /* or -1 */
    int row, line;
    int x;        /* of its middle */
    int *near[2]; /* items above (0) and below (1) */
    int near_count[2];
} Item;

typedef struct {
    int first, last; /* boxes */
    int top, rows;   /* of the graph; a column behind another has one more for its entry */
    int entry;       /* the box before the cut, or -1 */
    Item *items;
    int item_count;
    int *item_of; /* box - first → item */
    int width;
} Column;

typedef struct {
    Arena *arena;
    Layout *layout;
    int *rows;  /* box → row */
    int *cuts;  /* box → the box that is read across a cut behind it, or -1: no cut */
    int *chain; /* edge → its first item that is not a box, or -1 */
} Work;

void layout_edge(Arena *arena, Layout *layout, int from, int to)
{
    layout->edges = arena_grow(arena, layout->edges, (size_t)layout->edge_count,
                               (size_t)layout->edge_count + 1, sizeof *layout->edges);
    layout->edges[layout->edge_count++] = (LayoutEdge){from, to, NULL};
}

static void find_rows(Work *w)
{
    const Layout *l = w->layout;
    for (int box = 0; box < l->count; box++)
        for (int i = 0; i < l->edge_count; i++)
            if (l->edges[i].to == box && w->rows[l->edges[i].from] + 1 > w->rows[box])
                w->rows[box] = w->rows[l->edges[i].from] + 1;
}

static void find_cuts(Work *w)
{
    const Layout *l = w->layout;
    for (int box = 0; box < l->count; box++) {
        int source = -1;
        bool single = true;
        for (int i = 0; i < l->edge_count; i++)
            if (l->edges[i].from <= box && l->edges[i].to > box) {
                single &= source < 0 || source == l->edges[i].from;
                source = l->edges[i].from;
            }
        w->cuts[box] = single ? source : -1;
    }
}

static int row_span(const Work *w, int first, int last, int *top)
{
    int low = w->rows[first], high = low;
    for (int i = first; i <= last; i++) {
        low = w->rows[i] < low ? w->rows[i] : low;
        high = w->rows[i] > high ? w->rows[i] : high;
    }
    *top = low;
    return high - low + 1;
}

/* The width of boxes first..last, if no row has to make room for another's lines, and a gutter. */
static int estimate(const Work *w, int first, int last)
{
    int most = 0;
    for (int i = first; i <= last; i++) {
        int width = 0;
        for (int k = first; k <= last; k++)
            width += w->rows[k] == w->rows[i] ? LAYOUT_WIDTH + GAP : 0;
        for (int e = 0; e < w->layout->edge_count; e++) {
            const LayoutEdge *edge = &w->layout->edges[e];
            if (edge->to >= first && edge->to <= last && w->rows[edge->from] < w->rows[i] &&
                w->rows[edge->to] > w->rows[i])
                width += THREAD + GAP;
        }
        most = width > most ? width : most;
    }
    return most - GAP + GUTTER;
}

/* Cuts into columns of at most `rows` rows where that is possible. Returns their number. */
static int cut(const Work *w, int rows, Column *columns)
{
    int count = 0, first = 0, top;
    const int n = w->layout->count;
    while (first < n) {
        int last = first;
        for (int i = first; i < n; i++) {
            if (i > first && row_span(w, first, i, &top) > rows && last >= first &&
                w->cuts[last] >= 0)
                break;
            if (i == n - 1 || w->cuts[i] >= 0)
                last = i;
        }
        columns[count] = (Column){.first = first, .last = last};
        columns[count].entry = first > 0 ? w->cuts[first - 1] : -1;
        columns[count].rows = row_span(w, first, last, &columns[count].top);
        count++;
        first = last + 1;
    }
    return count;
}

/* Of the columns that fit beside each other on the page, those that are short and few. */
static int choose_columns(const Work *w, Column *columns)
{
    int most = 0;
    for (int i = 0; i < w->layout->count; i++)
        most = w->rows[i] + 1 > most ? w->rows[i] + 1 : most;
    int best = most, least = most + COLUMN_COST;
    for (int rows = most - 1; rows >= ROWS_LEAST; rows--) {
        const int count = cut(w, rows, columns);
        int width = 0, height = 0;
        for (int i = 0; i < count; i++) {
            width += estimate(w, columns[i].first, columns[i].last);
            height = columns[i].rows > height ? columns[i].rows : height;
        }
        if (width - GUTTER <= LAYOUT_PAGE && height + count * COLUMN_COST < least) {
            least = height + count * COLUMN_COST;
            best = rows;
        }
    }
    return cut(w, best, columns);
}

static int add_item(Work *w, Column *c, int box, int row)
{
    c->items = arena_grow(w->arena, c->items, (size_t)c->item_count, (size_t)c->item_count + 1,
                          sizeof *c->items);
    c->items[c->item_count] = (Item){.box = box, .row = row};
    return c->item_count++;
}

static void add_near(Work *w, Item *item, int side, int other)
{
    item->near[side] = arena_grow(w->arena, item->near[side], (size_t)item->near_count[side],
                                  (size_t)item->near_count[side] + 1, sizeof *item->near[side]);
    item->near[side][item->near_count[side]++] = other;
}

static void join(Work *w, Column *c, int above, int below)
{
    add_near(w, &c->items[above], 1, below);
    add_near(w, &c->items[below], 0, above);
}

/* Joins an edge's two ends by an item in every row between them. */
static void add_chain(Work *w, Column *c, int edge, int above, int below)
{
    for (int r = c->items[above].row + 1; r < c->items[below].row; r++) {
        const int thread = add_item(w, c, -1, r);
        if (w->chain[edge] < 0)
            w->chain[edge] = thread;
        join(w, c, above, thread);
        above = thread;
    }
    join(w, c, above, below);
}

/* Row 0 of a column behind another is its entry, item 0. */
static void fill_column(Work *w, Column *c)
{
    const Layout *l = w->layout;
    const int shift = c->entry >= 0 ? 1 : 0;
    c->rows += shift;
    c->item_of = ARENA_ARRAY(w->arena, c->last - c->first + 1, int);
    if (shift)
        add_item(w, c, -1, 0);
    for (int box = c->first; box <= c->last; box++) {
        const int item = add_item(w, c, box, w->rows[box] - c->top + shift);
        c->item_of[box - c->first] = item;
        for (int e = 0; e < l->edge_count; e++)
            if (l->edges[e].to == box)
                add_chain(w, c, e,
                          l->edges[e].from < c->first ? 0 : c->item_of[l->edges[e].from - c->first],
                          item);
    }
}

/* Whether an item is of a branch: a box, or a thread of a box that nobody else reads. */
static bool of_branch(const Column *c, int item)
{
    bool single = true;
    if (c->items[item].box >= 0)
        return true;
    while (c->items[item].box < 0 && c->items[item].near_count[0] > 0) {
        item = c->items[item].near[0][0];
        single &= c->items[item].near_count[1] == 1;
    }
    return single && c->items[item].box >= 0;
}

/* The item above (0) or below (1) that goes on in the same line: of the first branch, rather than
 * what goes past the branches. */
static int main_near(const Column *c, int item, int side)
{
    const Item *i = &c->items[item];
    for (int k = 0; k < i->near_count[side]; k++)
        if (side == 0 ? of_branch(c, i->near[0][k]) : c->items[i->near[1][k]].box >= 0)
            return i->near[side][k];
    return i->near_count[side] > 0 ? i->near[side][0] : -1;
}

/* Numbers lines by their first items, from which on each is followed down. */
static int find_lines(Column *c)
{
    int lines = 0;
    for (int i = 0; i < c->item_count; i++)
        c->items[i].line = -1;
    for (int i = 0; i < c->item_count; i++) {
        if (c->items[i].line >= 0)
            continue;
        int first = i, next;
        while ((next = main_near(c, first, 0)) >= 0 && main_near(c, next, 1) == first)
            first = next;
        for (int at = first; at >= 0; at = next) {
            c->items[at].line = lines;
            next = main_near(c, at, 1);
            if (next >= 0 && main_near(c, next, 0) != at)
                next = -1;
        }
        lines++;
    }
    return lines;
}

static int half_width(const Item *item)
{
    return (item->box >= 0 ? LAYOUT_WIDTH : THREAD) / 2;
}

/* The column begins at x = left. */
static void place_lines(Work *w, Column *c, int left)
{
    const int lines = find_lines(c);
    int *free_from = ARENA_ARRAY(w->arena, c->rows, int); /* of each row */
    for (int r = 0; r < c->rows; r++)
        free_from[r] = left;
    c->width = 0;
    for (int line = 0; line < lines; line++) {
        int x = left;
        for (int i = 0; i < c->item_count; i++)
            if (c->items[i].line == line &&
                free_from[c->items[i].row] + half_width(&c->items[i]) > x)
                x = free_from[c->items[i].row] + half_width(&c->items[i]);
        for (int i = 0; i < c->item_count; i++) {
            if (c->items[i].line != line)
                continue;
            const int end = x + half_width(&c->items[i]);
            c->items[i].x = x;
            free_from[c->items[i].row] = end + GAP;
            c->width = end - left > c->width ? end - left : c->width;
        }
    }
}

static int row_top(int row)
{
    return row * ROW + 1;
}

/* From the bottom of one row to the top of the next, and down through that row where nothing is in
 * the way. */
static void draw_step(Text *path, int from, int to, int row, bool thread)
{
    const int top = row_top(row), start = top - (ROW - LAYOUT_HEIGHT), middle = (start + top) / 2;
    if (from == to)
        text_printf(path, "V%d", top);
    else
        text_printf(path, "C%d %d %d %d %d %d", from, middle, to, middle, to, top);
    if (thread)
        text_printf(path, "V%d", top + LAYOUT_HEIGHT);
}

/* To the entry of the next column: under the box, up between the columns, in from above. */
static void draw_entry(Text *path, const LayoutPlace *source, const Column *c, int left)
{
    const int x = source->x + LAYOUT_WIDTH / 2, y = source->y + LAYOUT_HEIGHT, under = y + 12;
    const int lane = left - GUTTER / 2, entry = c->items[0].x, over = LAYOUT_HEIGHT - 20;
    text_printf(path, "M%d %dV%dQ%d %d %d %dH%d", x, y, under - 6, x, under, x + 6, under,
                lane - 6);
    text_printf(path, "Q%d %d %d %dV%dQ%d %d %d %dH%d", lane, under, lane, under - 6, over + 6,
                lane, over, lane + 6, over, entry - 6);
    text_printf(path, "Q%d %d %d %dV%d", entry, over, entry, over + 6, row_top(0) + LAYOUT_HEIGHT);
}

static void draw_edges(Work *w, Column *c, int left)
{
    Layout *l = w->layout;
    for (int e = 0; e < l->edge_count; e++) {
        LayoutEdge *edge = &l->edges[e];
        Text path = {.arena = w->arena};
        if (edge->to < c->first || edge->to > c->last)
            continue;
        const bool enters = edge->from < c->first;
        const int to = c->item_of[edge->to - c->first];
        int at = enters ? 0 : c->item_of[edge->from - c->first], thread = w->chain[e];
        if (enters)
            draw_entry(&path, &l->places[edge->from], c, left);
        else
            text_printf(&path, "M%d %d", c->items[at].x, row_top(c->items[at].row) + LAYOUT_HEIGHT);
        while (thread >= 0 && c->items[thread].box < 0) {
            draw_step(&path, c->items[at].x, c->items[thread].x, c->items[thread].row, true);
            at = thread;
            thread = c->items[thread].near[1][0];
        }
        draw_step(&path, c->items[at].x, c->items[to].x, c->items[to].row, false);
        edge->path = path.data;
    }
}

static void place_column(Work *w, Column *c, int left)
{
    Layout *l = w->layout;
    fill_column(w, c);
    place_lines(w, c, left);
    for (int i = 0; i < c->item_count; i++)
        if (c->items[i].box >= 0)
            l->places[c->items[i].box] =
                (LayoutPlace){c->items[i].x - LAYOUT_WIDTH / 2, row_top(c->items[i].row)};
    draw_edges(w, c, left);
    if (row_top(c->rows) > l->height)
        l->height = row_top(c->rows);
}

void layout_place(Arena *arena, Layout *layout)
{
    const int n = layout->count;
    Work w = {arena, layout, ARENA_ARRAY(arena, n, int), ARENA_ARRAY(arena, n, int),
              ARENA_ARRAY(arena, layout->edge_count, int)};
    Column *columns = ARENA_ARRAY(arena, n, Column);
    int left = 1;
    layout->places = ARENA_ARRAY(arena, n, LayoutPlace);
    for (int e = 0; e < layout->edge_count; e++)
        w.chain[e] = -1;
    find_rows(&w);
    find_cuts(&w);
    const int count = choose_columns(&w, columns);
    for (int i = 0; i < count; i++) {
        place_column(&w, &columns[i], left);
        left += columns[i].width + GUTTER;
    }
    layout->width = left - GUTTER + 1;
}
