/* group_norm.c - the channels of a sample in groups; every group gets mean 0 and variance 1 over
 * all its pixels, then each channel a scale and a shift of its own (Wu and He 2018). instance_norm
 * is the same with a group for each channel (Ulyanov, Vedaldi and Lempitsky 2016).
 *
 * y = (x - mean)/sqrt(variance + epsilon)*gamma + beta, the variance divided by n. No sample knows
 * of another, so that training and predict are the same. Forward keeps mean and 1/deviation, for
 * each channel those of its group. */
#include "../check.h"
#include "../plan.h"

static const Option group_options[] = {
    NODE_OPTION("groups", OPTION_COUNT, groups, REQUIRED, true),
    NODE_OPTION("epsilon", OPTION_NUMBER, epsilon, OPTIONAL, false),
    NODE_OPTION("center", OPTION_BOOL, center, OPTIONAL, false),
    NODE_OPTION("scale", OPTION_BOOL, scale, OPTIONAL, false),
    NODE_OPTION("activation", OPTION_ACTIVATION, activation, OPTIONAL, false),
    NODE_OPTION("trainable", OPTION_BOOL, trainable, OPTIONAL, false),
    {.name = NULL},
};

static void defaults(Node *node)
{
    node->epsilon = 1e-3;
    node->center = node->scale = true;
}

static bool check_norm(Check *check, Node *node)
{
    node->out = node->in;
    if (node->in.c % node->groups != 0)
        return check_fail(check, node, "%lld channels do not make %lld groups of the same size",
                          (long long)node->in.c, (long long)node->groups);
    if (node->in.h * node->in.w * (node->in.c / node->groups) == 1)
        return check_fail(check, node, "%s over one value gives the same for any input",
                          node->kind->name);
    return check_gamma_beta(check, node) &&
           (!(node->scale || node->center) ||
            check_formula(check, node, "the number of parameters",
                          node->scale && node->center ? "2*in.c" : "in.c", &node->params));
}

static bool check_instance(Check *check, Node *node)
{
    node->groups = node->in.c;
    return check_norm(check, node);
}

/* Backward sums up two numbers for each channel before it knows those of the groups. */
static Form norm_form(const Plan *plan, const Step *step, bool backward)
{
    (void)plan;
    return (Form){.templates = "group_norm",
                  .work = backward && step->wants_dx ? 2 * step->node->in.c : 0};
}

static const Recipe recipe = {.templates = "group_norm",
                              .keeps_input = true,
                              .bends_input = true,
                              .keeps_channels = 2,
                              .takes_activation = true,
                              .in_place = true,
                              .form = norm_form};

const LayerKind layer_group_norm = {.name = "group_norm",
                                    .prefix = "gn",
                                    .keras = "group_normalization",
                                    .dims = ANY_DIMS,
                                    .options = group_options,
                                    .defaults = defaults,
                                    .check = check_norm,
                                    .recipe = &recipe};
const LayerKind layer_instance_norm = {.name = "instance_norm",
                                       .prefix = "in",
                                       .keras = "group_normalization",
                                       .dims = ANY_DIMS,
                                       .options = group_options + 1, /* all but the first */
                                       .defaults = defaults,
                                       .check = check_instance,
                                       .recipe = &recipe};
