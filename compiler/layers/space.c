/* space.c - depth_to_space (pixel shuffle) and space_to_depth: the channels of a pixel become a
 * block of pixels, and back.
 *
 * The order is TensorFlow's, channels last: with blocks of b by b and c channels in the large
 * image, channel (i*b + j)*c + k of a deep pixel is channel k of the pixel in row i, column j of
 * its block. (PyTorch's pixel_shuffle counts k*b*b + i*b + j.) */
#include "../check.h"

static const Option options[] = {
    NODE_OPTION("block", OPTION_COUNT, block, REQUIRED, true),
    {.name = NULL},
};

static bool check_depth_to_space(Check *check, Node *node)
{
    const int64_t b = node->block;
    int64_t cells;
    if (!size_mul(b, b, &cells) || node->in.c % cells != 0)
        return check_fail(check, node,
                          "%lld channels are no multiple of the %lldx%lld pixels of a block",
                          (long long)node->in.c, (long long)b, (long long)b);
    node->out = (Shape){node->in.h * b, node->in.w * b, node->in.c / cells, node->in.rank};
    return true;
}

static bool check_space_to_depth(Check *check, Node *node)
{
    const int64_t b = node->block;
    if (node->in.h % b != 0 || node->in.w % b != 0)
        return check_fail(check, node, "blocks of %lldx%lld pixels do not fill %lldx%lld",
                          (long long)b, (long long)b, (long long)node->in.h, (long long)node->in.w);
    node->out = (Shape){node->in.h / b, node->in.w / b, node->in.c * b * b, node->in.rank};
    return true;
}

static const Recipe to_space = {.templates = "depth_to_space"};
static const Recipe to_depth = {.templates = "space_to_depth"};

const LayerKind layer_depth_to_space = {.name = "depth_to_space",
                                        .prefix = "depth_to_space",
                                        .dims = 2,
                                        .size_rule = SIZE_RULE_OWN,
                                        .options = options,
                                        .check = check_depth_to_space,
                                        .recipe = &to_space};
const LayerKind layer_space_to_depth = {.name = "space_to_depth",
                                        .prefix = "space_to_depth",
                                        .dims = 2,
                                        .size_rule = SIZE_RULE_OWN,
                                        .options = options,
                                        .check = check_space_to_depth,
                                        .recipe = &to_depth};
