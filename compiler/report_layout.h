/* report_layout.h - where the boxes of a graph stand: rows from the top down, cut into columns that
 * fit a page; branches side by side, edges as SVG paths. Whole pixels, so that the same graph gives
 * the same text everywhere. */
#ifndef REPORT_LAYOUT_H
#define REPORT_LAYOUT_H

#include "base.h"

enum {
    LAYOUT_WIDTH = 168, /* of a box */
    LAYOUT_HEIGHT = 46,
    LAYOUT_PAGE = 1136 /* wider than that only where a graph has no narrower form */
};

typedef struct {
    int x, y; /* of the corner at the top left */
} LayoutPlace;

typedef struct {
    int from, to; /* boxes, from < to */
    const char *path;
} LayoutEdge;

typedef struct {
    int count; /* boxes, in topological order */
    LayoutEdge *edges;
    int edge_count;
    LayoutPlace *places; /* from here on: results */
    int width, height;
} Layout;

void layout_edge(Arena *arena, Layout *layout, int from, int to);
void layout_place(Arena *arena, Layout *layout);

#endif
