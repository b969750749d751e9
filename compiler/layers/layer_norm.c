/* layer_norm.c - the channels of every pixel get mean 0 and variance 1, then a scale and a shift
 * of their own (Ba, Kiros and Hinton 2016).
 *
 * y = (x - mean)/sqrt(variance + epsilon)*gamma + beta, mean and variance (divided by n) over the
 * channels of one pixel; behind flatten or dense over all values. No sample knows of another, so
 * that training and predict are the same. Forward keeps mean and 1/deviation. */
#include "../check.h"

static const Option options[] = {
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
    if (node->in.c == 1)
        return check_fail(check, node, "layer_norm over one channel gives the same for any input");
    return check_gamma_beta(check, node) &&
           (!(node->scale || node->center) ||
            check_formula(check, node, "the number of parameters",
                          node->scale && node->center ? "2*in.c" : "in.c", &node->params));
}

static const Recipe recipe = {.templates = "layer_norm",
                              .keeps_input = true,
                              .bends_input = true,
                              .keeps_pixels = 2,
                              .takes_activation = true,
                              .in_place = true};

const LayerKind layer_layer_norm = {.name = "layer_norm",
                                    .prefix = "ln",
                                    .keras = "layer_normalization",
                                    .dims = ANY_DIMS,
                                    .options = options,
                                    .defaults = defaults,
                                    .check = check_norm,
                                    .recipe = &recipe};
