/* batch_norm.c - every channel gets mean 0 and variance 1, then a scale and a shift of its own
 * (Ioffe and Szegedy 2015).
 *
 * y = (x - mean)/sqrt(variance + epsilon)*gamma + beta. In training, mean and variance (of n
 * values, divided by n) are those of the batch, and the moving ones follow: moving =
 * moving*momentum + batch*(1 - momentum). Elsewhere, and when frozen, the moving ones are used: y =
 * x*s + t. */
#include "../check.h"
#include "../plan.h"

static const Option options[] = {
    NODE_OPTION("momentum", OPTION_RATE, momentum, OPTIONAL, false),
    NODE_OPTION("epsilon", OPTION_NUMBER, epsilon, OPTIONAL, false),
    NODE_OPTION("center", OPTION_BOOL, center, OPTIONAL, false),
    NODE_OPTION("scale", OPTION_BOOL, scale, OPTIONAL, false),
    NODE_OPTION("activation", OPTION_ACTIVATION, activation, OPTIONAL, false),
    NODE_OPTION("trainable", OPTION_BOOL, trainable, OPTIONAL, false),
    {.name = NULL},
};

static void defaults(Node *node)
{
    node->momentum = 0.99;
    node->epsilon = 1e-3;
    node->center = node->scale = true;
}

static bool add_statistic(Check *check, Node *node, const char *name, double start)
{
    if (!check_constants(check, node, name, node->in.c, start))
        return false;
    Tensor *tensor = &node->tensors[node->tensor_count - 1];
    tensor->statistic = node->trainable;
    tensor->trainable = false;
    return true;
}

static bool check_norm(Check *check, Node *node)
{
    static const char *const params[2][2] = {{"2*in.c", "3*in.c"}, {"3*in.c", "4*in.c"}};
    node->out = node->in;
    return check_gamma_beta(check, node) && add_statistic(check, node, "moving_mean", 0) &&
           add_statistic(check, node, "moving_variance", 1) &&
           check_formula(check, node, "the number of parameters", params[node->center][node->scale],
                         &node->params);
}

static Form norm_form(const Plan *plan, const Step *step, bool backward)
{
    (void)plan;
    (void)backward;
    return (Form){.templates = step->norm ? "scale" : "batch_norm"};
}

static const Recipe recipe = {.templates = "batch_norm",
                              .keeps_input = true,
                              .takes_activation = true,
                              .in_place = true,
                              .whole_batch = true,
                              .normalizes = true,
                              .form = norm_form};

const LayerKind layer_batch_norm = {.name = "batch_norm",
                                    .prefix = "bn",
                                    .keras = "batch_normalization",
                                    .dims = ANY_DIMS,
                                    .options = options,
                                    .defaults = defaults,
                                    .check = check_norm,
                                    .recipe = &recipe};
