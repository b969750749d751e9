/* upsample.c - an image with every pixel repeated, or with pixels in between by interpolation.
 *
 * Interpolation is Keras': centres of pixels are at halves, so output r lies at
 * (r + 1/2)/factor - 1/2 of the input, and the outermost pixels go on beyond the edge. */
#include "../check.h"
#include "../plan.h"

static const Option options[] = {
    NODE_OPTION("factor", OPTION_SIZE, factor, REQUIRED, true),
    NODE_OPTION("interpolation", OPTION_BILINEAR, bilinear, OPTIONAL, false),
    {.name = NULL},
};

static bool check_upsample(Check *check, Node *node)
{
    const Size f = node->factor;
    node->out = node->in;
    if (!size_mul(node->in.h, f.h, &node->out.h) || !size_mul(node->in.w, f.w, &node->out.w))
        return check_fail(check, node, "the factor is too large");
    return check_shape(check, node, node->out, "output");
}

/* Between two rows there is first a row of the input's width; backward always takes that way. */
static Form form(const Plan *plan, const Step *step, bool backward)
{
    const Node *node = step->node;
    const bool between = node->factor.h > 1 && node->in.h > 1;
    (void)plan;
    if (!node->bilinear)
        return (Form){.templates = "upsample"};
    return (Form){.templates = "upsample_linear",
                  .work = between || backward ? node->in.w * node->in.c : 0};
}

static const Recipe recipe = {.templates = "upsample", .form = form};

const LayerKind layer_upsample2d = {.name = "upsample2d",
                                    .prefix = "upsample",
                                    .dims = 2,
                                    .size_rule = SIZE_RULE_OWN,
                                    .options = options,
                                    .check = check_upsample,
                                    .recipe = &recipe};
const LayerKind layer_upsample1d = {.name = "upsample1d",
                                    .prefix = "upsample",
                                    .dims = 1,
                                    .size_rule = SIZE_RULE_OWN,
                                    .options = options,
                                    .check = check_upsample,
                                    .recipe = &recipe};
