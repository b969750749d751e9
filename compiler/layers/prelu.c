/* prelu.c - values below zero times a slope that is learned, one for each channel (He et al. 2015).
 *
 * y = x where x > 0, else alpha[c]*x. A picture shares the slopes over height and width. */
#include "../check.h"

static const Option options[] = {
    NODE_OPTION("init", OPTION_INIT, init, OPTIONAL, true),
    NODE_OPTION("trainable", OPTION_BOOL, trainable, OPTIONAL, false),
    {.name = NULL},
};

static void defaults(Node *node)
{
    node->init = (Init){.kind = INIT_CONSTANT};
}

/* Keras' fans are those of the shape (1, 1, channels). */
static bool check_prelu(Check *check, Node *node)
{
    const int64_t c = node->in.c;
    node->out = node->in;
    return check_tensor(check, node, "alpha", &c, 1, 1, c, node->init) &&
           check_formula(check, node, "the number of parameters", "in.c", &node->params);
}

static const Recipe recipe = {
    .templates = "prelu", .keeps_input = true, .bends_input = true, .in_place = true};

const LayerKind layer_prelu = {.name = "prelu",
                               .prefix = "prelu",
                               .keras = "p_re_lu",
                               .dims = ANY_DIMS,
                               .options = options,
                               .defaults = defaults,
                               .check = check_prelu,
                               .recipe = &recipe};
