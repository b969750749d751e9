/* walk.h - the layers of a model become nodes. */
#ifndef WALK_H
#define WALK_H

#include "check.h"

/* Appends the layers of `root`, the call `model { ... }`, to a graph that holds the input only.
 * Every mistake is reported. */
void walk_model(Check *check, const Value *root);

/* The field `name` of a layer or model, when it is there and fit to be part of C names. */
const char *graph_read_name(Check *check, const char *who, const Value *call);

/* Adds what a node costs to the totals of the graph. */
void graph_add_costs(Check *check, const Node *node);

#endif
