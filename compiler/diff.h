/* diff.h - what changed from one network to another: layers, shapes, parameters, memory,
 * multiply-adds. */
#ifndef DIFF_H
#define DIFF_H

#include "plan.h"

/* One thing that two layers, or two networks, say differently. */
typedef struct {
    const char *name, *a, *b;
} Change;

typedef enum { LAYER_SAME, LAYER_CHANGED, LAYER_ADDED, LAYER_REMOVED } LayerChange;

/* A layer of A and the one of B that it became; NULL on one side when it was added or removed. */
typedef struct {
    LayerChange change;
    const Node *a, *b;
    Change *changes;
    int count;
} LayerDiff;

typedef struct {
    const char *name;
    int64_t a, b;
} Total;

enum { DIFF_TOTALS = 7 };

typedef struct {
    const Plan *a, *b;
    bool equal;
    Change *changes; /* of the model: input, loss, optimizer, ... */
    int count;
    LayerDiff *layers; /* in order, those that are the same, too */
    int layer_count;
    Total totals[DIFF_TOTALS];
} NetworkDiff;

NetworkDiff *diff_networks(Arena *arena, const Plan *a, const Plan *b);
void diff_table(Text *out, const NetworkDiff *diff);
void diff_json(Text *out, const NetworkDiff *diff);

/* diff_match.c: pairs of layers in order, those that stayed side by side; unmatched layers have no
 * partner. Sets a, b and change (LAYER_SAME where there are both); returns their number. */
int diff_match(Arena *arena, const Graph *a, const Graph *b, LayerDiff **out);

/* diff_match.c: what was written for a layer, with all defaults: one line a piece, "kernel=3x3\n".
 */
char *diff_options(Arena *arena, const Node *node);

#endif
