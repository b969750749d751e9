/* cropping.c - the image without some rows and columns at its sides, which stays where it is. */
#include "../check.h"

static const Option options[] = {
    NODE_OPTION("cropping", OPTION_SIDES, window.padding, REQUIRED, true),
    {.name = NULL},
};

static bool check_axis(Check *check, const Node *node, const char *side, int64_t in, int64_t before,
                       int64_t after, int64_t *out)
{
    const Variable v[] = {{"in", in}, {"crop_before", before}, {"crop_after", after}};
    const char *rule = "in - crop_before - crop_after";
    *out = in - before - after;
    if (*out >= 1)
        return true;
    diag_error(check->diag, node->span, "%s: output %s is %lld", node->name, side, (long long)*out);
    diag_note(check->diag, "out = %s\n    = %s\n    = %lld", rule,
              formula_numbers(check->arena, rule, v, 3), (long long)*out);
    check_input_note(check, node);
    return false;
}

static bool check_cropping(Check *check, Node *node)
{
    const Padding p = node->window.padding;
    const Shape in = node->in;
    node->out = in;
    return check_axis(check, node, "height", in.h, p.top, p.bottom, &node->out.h) &&
           check_axis(check, node, node->kind->dims == 1 ? "length" : "width", in.w, p.left,
                      p.right, &node->out.w);
}

const LayerKind layer_cropping2d = {.name = "cropping2d",
                                    .prefix = "crop",
                                    .dims = 2,
                                    .role = ROLE_CROP,
                                    .options = options,
                                    .check = check_cropping};
const LayerKind layer_cropping1d = {.name = "cropping1d",
                                    .prefix = "crop",
                                    .dims = 1,
                                    .role = ROLE_CROP,
                                    .options = options,
                                    .check = check_cropping};
