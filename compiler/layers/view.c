/* view.c - flatten and reshape: the same values in another shape. Channels last makes both free. */
#include "../check.h"

static const Option no_options[] = {{.name = NULL}};
static const Option reshape_options[] = {
    NODE_OPTION("shape", OPTION_SHAPE, target, REQUIRED, true),
    {.name = NULL},
};

static bool check_flatten(Check *check, Node *node)
{
    (void)check;
    node->out = (Shape){1, 1, shape_count(node->in), 1};
    return true;
}

static bool check_reshape(Check *check, Node *node)
{
    if (!check_shape(check, node, node->target, "output"))
        return false;
    node->out = node->target;
    if (shape_count(node->out) != shape_count(node->in))
        return check_fail(check, node, "%s has %lld values, its input %lld",
                          shape_text(check->arena, node->out), (long long)shape_count(node->out),
                          (long long)shape_count(node->in));
    return true;
}

const LayerKind layer_flatten = {.name = "flatten",
                                 .prefix = "flatten",
                                 .dims = ANY_DIMS,
                                 .role = ROLE_VIEW,
                                 .options = no_options,
                                 .check = check_flatten};
const LayerKind layer_reshape = {.name = "reshape",
                                 .prefix = "reshape",
                                 .dims = ANY_DIMS,
                                 .role = ROLE_VIEW,
                                 .options = reshape_options,
                                 .check = check_reshape};
