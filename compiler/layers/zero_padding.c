/* zero_padding.c - a border of zeros around the input; and the step that every copy is. */
#include "../check.h"

static const Option options[] = {
    NODE_OPTION("padding", OPTION_PADDING, window, REQUIRED, true),
    {.name = NULL},
};

static bool check_padding(Check *check, Node *node)
{
    const Padding p = node->window.padding;
    if (node->window.same)
        return check_fail(check, node,
                          "padding must be numbers: \"same\" has no meaning without a window");
    node->out = node->in;
    node->out.h += p.top + p.bottom;
    node->out.w += p.left + p.right;
    return check_shape(check, node, node->out, "output");
}

const Recipe recipe_pad = {.templates = "pad", .passes_gradient = true};
const Recipe recipe_planes = {.templates = "planes"}; /* of the caller's input, channels first */

const LayerKind layer_zero_padding2d = {.name = "zero_padding2d",
                                        .prefix = "pad",
                                        .dims = 2,
                                        .role = ROLE_PAD,
                                        .options = options,
                                        .check = check_padding,
                                        .recipe = &recipe_pad};
const LayerKind layer_zero_padding1d = {.name = "zero_padding1d",
                                        .prefix = "pad",
                                        .dims = 1,
                                        .role = ROLE_PAD,
                                        .options = options,
                                        .check = check_padding,
                                        .recipe = &recipe_pad};
