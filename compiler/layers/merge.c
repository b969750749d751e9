/* merge.c - blocks that join branches: sums, products, channels side by side.
 *
 * residual { layers, shortcut = { layers } } is a sum of two. An activation comes last. */
#include "../check.h"

static const Option options[] = {
    {.name = "branches", .type = OPTION_BRANCH, .main = true},
    NODE_OPTION("activation", OPTION_ACTIVATION, activation, OPTIONAL, false),
    {.name = NULL},
};

static const Option residual_options[] = {
    {.name = "layers", .type = OPTION_BRANCH, .main = true},
    {.name = "shortcut", .type = OPTION_BRANCH},
    NODE_OPTION("activation", OPTION_ACTIVATION, activation, OPTIONAL, false),
    {.name = NULL},
};

static const Option no_activation[] = {
    {.name = "branches", .type = OPTION_BRANCH, .main = true},
    {.name = NULL},
};

static Shape branch_shape(const Check *check, const Node *node, int i)
{
    return check->graph->nodes[node->inputs[i]].out;
}

static bool is_same(Shape a, Shape b)
{
    return a.h == b.h && a.w == b.w && a.c == b.c && a.rank == b.rank;
}

static bool check_sum(Check *check, Node *node)
{
    for (int i = 1; i < node->input_count; i++)
        if (!is_same(node->in, branch_shape(check, node, i)))
            return check_fail(check, node, "it adds %s and %s; the shapes must be the same",
                              shape_text(check->arena, node->in),
                              shape_text(check->arena, branch_shape(check, node, i)));
    node->out = node->in;
    return true;
}

/* One value for each channel of an image, as squeeze-and-excite blocks have it. */
static bool is_scale(Shape scale, Shape image)
{
    return scale.h == 1 && scale.w == 1 && scale.c == image.c &&
           (scale.rank == 1 || scale.rank == image.rank);
}

static bool check_product(Check *check, Node *node)
{
    node->out = node->in;
    for (int i = 1; i < node->input_count; i++) {
        const Shape shape = branch_shape(check, node, i);
        if (is_same(node->out, shape) || is_scale(shape, node->out))
            continue;
        if (!is_scale(node->out, shape))
            return check_fail(
                check, node,
                "it multiplies %s by %s; the shapes must be the same, or one a value per channel",
                shape_text(check->arena, node->out), shape_text(check->arena, shape));
        node->out = shape;
    }
    return true;
}

static bool check_concat(Check *check, Node *node)
{
    node->out = node->in;
    for (int i = 1; i < node->input_count; i++) {
        const Shape shape = branch_shape(check, node, i);
        if (shape.h != node->in.h || shape.w != node->in.w || shape.rank != node->in.rank)
            return check_fail(check, node,
                              "it puts %s beside %s; all but the channels must be the same",
                              shape_text(check->arena, shape), shape_text(check->arena, node->in));
        node->out.c += shape.c;
    }
    return check_shape(check, node, node->out, "output");
}

const Recipe recipe_add = {
    .templates = "add", .takes_activation = true, .passes_gradient = true, .in_place = true};
const Recipe recipe_mul = {
    .templates = "mul", .takes_activation = true, .keeps_input = true, .in_place = true};

const LayerKind layer_add = {.name = "add",
                             .prefix = "add",
                             .dims = ANY_DIMS,
                             .role = ROLE_SUM,
                             .branches = BRANCH_EACH,
                             .options = options,
                             .check = check_sum};
const LayerKind layer_residual = {.name = "residual",
                                  .prefix = "residual",
                                  .dims = ANY_DIMS,
                                  .role = ROLE_SUM,
                                  .branches = BRANCH_BODY,
                                  .options = residual_options,
                                  .check = check_sum};
const LayerKind layer_mul = {.name = "mul",
                             .prefix = "mul",
                             .dims = ANY_DIMS,
                             .role = ROLE_PRODUCT,
                             .branches = BRANCH_EACH,
                             .options = options,
                             .check = check_product};
const LayerKind layer_concat = {.name = "concat",
                                .prefix = "concat",
                                .dims = ANY_DIMS,
                                .role = ROLE_CONCAT,
                                .branches = BRANCH_EACH,
                                .options = no_activation,
                                .check = check_concat};
