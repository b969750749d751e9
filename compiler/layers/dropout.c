/* dropout.c - in training, each value is dropped with probability `rate` and the kept ones are
 * scaled by 1 / (1 - rate); predict passes its input through. */
#include "../check.h"

static const Option options[] = {
    NODE_OPTION("rate", OPTION_RATE, rate, REQUIRED, true),
    {.name = NULL},
};

static bool check_dropout(Check *check, Node *node)
{
    (void)check;
    node->out = node->in;
    return true;
}

static const Recipe recipe = {.templates = "dropout", .only_training = true};

const LayerKind layer_dropout = {.name = "dropout",
                                 .prefix = "dropout",
                                 .dims = ANY_DIMS,
                                 .options = options,
                                 .check = check_dropout,
                                 .recipe = &recipe};
