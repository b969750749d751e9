/* report.h - the command report: one page that shows a network to people.
 *
 * C works out facts and places as one Value tree (report_value); templates/report.* draw it. Its
 * parts come from one file each; all of them print the same bytes for the same plan. */
#ifndef REPORT_H
#define REPORT_H

#include "plan.h"

typedef enum { REPORT_HTML, REPORT_SVG, REPORT_DOT, REPORT_JSON } ReportFormat;

/* What the network made of one sample. */
typedef struct {
    const Node *node; /* NULL ends a list */
    const float *values;
} ReportMap;

typedef struct {
    ReportFormat format;
    const char *templates; /* a folder, or NULL */
    const float *weights;  /* canonical order, or NULL */
    const ReportMap *maps; /* the input first, the output last; or NULL */
} ReportOptions;

/* The text of the report; NULL after a message. */
char *report_text(Arena *arena, Diag *diag, const Plan *plan, const ReportOptions *options);

/* report_graph.c: fields boxes, edges, width, height: the network as boxes, each a layer with the
 * activations, norms and views behind it. */
void report_graph(Arena *arena, Value *report, const Plan *plan);

/* report_memory.c: fields predict and train: the buffers in time and address. */
void report_memory(Arena *arena, Value *report, const Plan *plan);
/* Bytes of the buffers that the steps of a node fill; training: those of the tape. */
int64_t report_node_bytes(const Plan *plan, const Node *node, bool training);

/* report_filters.c: the kernels of the first layers as pictures, and what they make of a sample. */
void report_filters(Arena *arena, Value *report, const Plan *plan, const float *weights);
void report_maps(Arena *arena, Value *report, const ReportMap *maps);

/* The weights of a network whose spec gives them all and trains none; NULL: of another. */
const float *report_fixed(Arena *arena, const Graph *graph);

/* report_sample.c: runs the network, cut behind one layer of each resolution, on the first sample
 * of an array, of a picture, or of unseen data. `input` or `data` is NULL. NULL after a message. */
const ReportMap *report_sample(Arena *arena, Diag *diag, const Plan *plan, const float *weights,
                               const char *input, const char *data, uint64_t seed);

/* report_image.c: colours (h, w, 3) as a data: URI of a PNG. */
const char *report_image(Arena *arena, const unsigned char *colours, int64_t h, int64_t w);

/* "conv", "dense", "pool", "norm", "join" or "shape": what colour a layer has. */
const char *report_family(const Node *node);

#endif
