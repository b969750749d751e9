/* pool.c - the largest value or the mean of each window, channel by channel.
 *
 * Padding never wins a maximum; a mean counts padded cells only with count_padding. A global pool
 * is a pool whose window is the whole input and whose output is flat, or with keepdims an image of
 * one pixel. */
#include "../check.h"

static const Option max_options[] = {
    NODE_OPTION("pool", OPTION_SIZE, window.kernel, REQUIRED, true),
    NODE_OPTION("stride", OPTION_SIZE, window.stride, OPTIONAL, false),
    NODE_OPTION("padding", OPTION_PADDING, window, OPTIONAL, false),
    {.name = NULL},
};

static const Option average_options[] = {
    NODE_OPTION("pool", OPTION_SIZE, window.kernel, REQUIRED, true),
    NODE_OPTION("stride", OPTION_SIZE, window.stride, OPTIONAL, false),
    NODE_OPTION("padding", OPTION_PADDING, window, OPTIONAL, false),
    NODE_OPTION("count_padding", OPTION_BOOL, count_padding, OPTIONAL, false),
    {.name = NULL},
};

static const Option global_options[] = {
    NODE_OPTION("keepdims", OPTION_BOOL, keepdims, OPTIONAL, false),
    {.name = NULL},
};

/* A window that lies wholly in the padding would have no value. */
static bool check_padding(Check *check, const Node *node)
{
    const Padding p = node->window.padding;
    const Size k = node->window.kernel;
    if (p.top >= k.h || p.bottom >= k.h || p.left >= k.w || p.right >= k.w)
        return check_fail(
            check, node,
            "padding %lld, %lld, %lld, %lld (top, bottom, left, right) must be smaller than the "
            "%lldx%lld pool",
            (long long)p.top, (long long)p.bottom, (long long)p.left, (long long)p.right,
            (long long)k.h, (long long)k.w);
    return true;
}

static bool check_pool(Check *check, Node *node)
{
    Shape out = {.c = node->in.c, .rank = node->in.rank};
    if (!value_get(node->call, "stride"))
        node->window.stride = node->window.kernel;
    if ((!node->window.same && !check_padding(check, node)) || !check_window(check, node, &out))
        return false;
    node->out = out;
    return check_shape(check, node, out, "output");
}

static bool check_global(Check *check, Node *node)
{
    (void)check;
    node->window.kernel = (Size){node->in.h, node->in.w};
    node->out = (Shape){1, 1, node->in.c, node->keepdims ? node->in.rank : 1};
    return true;
}

static const Recipe maximum = {.templates = "maxpool",
                               .keeps_input = true,
                               .keeps_output = true,
                               .in_order = true,
                               .pool = POOL_MAXIMUM};
static const Recipe mean = {.templates = "avgpool", .in_order = true, .pool = POOL_MEAN};

#define POOL(NAME, DIMS, OPTIONS, RECIPE)                                                          \
    const LayerKind layer_##NAME = {.name = #NAME,                                                 \
                                    .prefix = "pool",                                              \
                                    .dims = DIMS,                                                  \
                                    .options = OPTIONS,                                            \
                                    .check = check_pool,                                           \
                                    .recipe = &RECIPE}
#define GLOBAL(NAME, DIMS, RECIPE)                                                                 \
    const LayerKind layer_##NAME = {.name = #NAME,                                                 \
                                    .prefix = "pool",                                              \
                                    .dims = DIMS,                                                  \
                                    .options = global_options,                                     \
                                    .check = check_global,                                         \
                                    .recipe = &RECIPE}

POOL(maxpool2d, 2, max_options, maximum);
POOL(maxpool1d, 1, max_options, maximum);
POOL(avgpool2d, 2, average_options, mean);
POOL(avgpool1d, 1, average_options, mean);
GLOBAL(global_maxpool2d, 2, maximum);
GLOBAL(global_maxpool1d, 1, maximum);
GLOBAL(global_avgpool2d, 2, mean);
GLOBAL(global_avgpool1d, 1, mean);
