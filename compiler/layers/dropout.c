/* dropout.c - in training, each value is dropped with probability `rate` and the kept ones are
 * scaled by 1 / (1 - rate); predict passes its input through. Spatial dropout drops a channel of a
 * sample as a whole (Tompson et al. 2015): pixels beside each other know too much of each other. */
#include "../check.h"
#include "../plan.h"

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

/* A factor for each channel. */
static Form spatial_form(const Plan *plan, const Step *step, bool backward)
{
    (void)plan;
    (void)backward;
    return (Form){.templates = "spatial_dropout", .work = step->node->in.c};
}

static const Recipe recipe = {.templates = "dropout", .only_training = true};
static const Recipe spatial_recipe = {
    .templates = "spatial_dropout", .only_training = true, .form = spatial_form};

const LayerKind layer_dropout = {.name = "dropout",
                                 .prefix = "dropout",
                                 .dims = ANY_DIMS,
                                 .options = options,
                                 .check = check_dropout,
                                 .recipe = &recipe};
const LayerKind layer_spatial_dropout2d = {.name = "spatial_dropout2d",
                                           .prefix = "dropout",
                                           .dims = 2,
                                           .options = options,
                                           .check = check_dropout,
                                           .recipe = &spatial_recipe};
const LayerKind layer_spatial_dropout1d = {.name = "spatial_dropout1d",
                                           .prefix = "dropout",
                                           .dims = 1,
                                           .options = options,
                                           .check = check_dropout,
                                           .recipe = &spatial_recipe};
