/* side_padding.c - a border around the input that goes on with its values: edge_padding repeats the
 * outermost pixel, reflect_padding has what lies behind it, as a mirror on that pixel shows. */
#include "../check.h"

static const Option options[] = {
    NODE_OPTION("padding", OPTION_SIDES, window.padding, REQUIRED, true),
    {.name = NULL},
};

static bool check_sides(Check *check, Node *node)
{
    const Padding p = node->window.padding;
    node->out = node->in;
    node->out.h += p.top + p.bottom;
    node->out.w += p.left + p.right;
    return check_shape(check, node, node->out, "output");
}

static bool check_mirror(Check *check, const Node *node, const char *side, int64_t n,
                         int64_t before, int64_t after)
{
    if (before < n && after < n)
        return true;
    return check_fail(
        check, node, "a %s of %lld has %lld pixels behind its edge to reflect, not %lld", side,
        (long long)n, (long long)(n - 1), (long long)(before > after ? before : after));
}

static bool check_reflect(Check *check, Node *node)
{
    const Padding p = node->window.padding;
    return check_mirror(check, node, "height", node->in.h, p.top, p.bottom) &&
           check_mirror(check, node, node->kind->dims == 1 ? "length" : "width", node->in.w, p.left,
                        p.right) &&
           check_sides(check, node);
}

static const Recipe recipe = {.templates = "side_padding"};

#define PADDING(NAME, DIMS, CHECK)                                                                 \
    const LayerKind layer_##NAME = {.name = #NAME,                                                 \
                                    .prefix = "pad",                                               \
                                    .dims = DIMS,                                                  \
                                    .size_rule = SIZE_RULE_OWN,                                    \
                                    .options = options,                                            \
                                    .check = CHECK,                                                \
                                    .recipe = &recipe}

PADDING(edge_padding2d, 2, check_sides);
PADDING(edge_padding1d, 1, check_sides);
PADDING(reflect_padding2d, 2, check_reflect);
PADDING(reflect_padding1d, 1, check_reflect);
