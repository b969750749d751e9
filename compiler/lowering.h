/* lowering.h - what lower.c and halo.c share. */
#ifndef LOWERING_H
#define LOWERING_H

#include "lower.h"

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
    bool clips;    /* layers that can do without zeros around their input get none */
    bool learning; /* training, and the node that is lowered now or one below it is trained */
    PlanOptions options;
    Result *results; /* by node */
    int *readers;    /* by node; how many of the nodes that the output depends on */
    bool *learns;    /* by node: whether its gradient is worked out when training */
} Lowering;

View view_plain(Shape shape);
/* The view of an image with zeros around it, in a buffer of its own. */
View view_inner(Shape s, Padding room);
bool view_is_plain(View view);
Shape shape_padded(Shape s, Padding p);
bool padding_is_zero(Padding p);

/* A step that reads `in` and writes a new buffer of shape `out`. Valid until the next one. */
Step *lowering_step(Lowering *low, const Node *node, const Recipe *recipe, const char *name,
                    const Result *in, Shape out);
/* What the last step writes. */
Result lowering_result(const Lowering *low);
/* Whether the node does nothing at predict. */
bool lowering_passes(const Lowering *low, const Node *node);

/* The zeros around its input that a layer reads. */
Padding halo_own(const Lowering *low, const Node *node);
/* The zeros around result `index` that suit all its readers; none when one of them wants its values
 * in one piece, as the caller does. */
Padding halo_wanted(const Lowering *low, int index);
/* A copy of `in` with `room` zeros around it. */
Result halo_copy(Lowering *low, const Node *node, const Result *in, Padding room);
/* What `node` reads: from now on its place is fixed, with the zeros that its readers want. */
const Result *halo_settle(Lowering *low, const Node *node, int input);
/* Input 0 of a node with `p` zeros around it. */
Result halo_read(Lowering *low, const Node *node, Padding p);

#endif
