/* import_space.c - larger and smaller images: padding, resizing, pixels from channels. */
#include "import_graph.h"

#include <string.h>

enum { SIDE_MOST = 4096, IMAGE_MOST = 1 << 28 };

/* A layer over the sides of an image: zero_padding2d, cropping2d; nothing when all are zero. */
static int add_sides(Op *op, int layer, const char *kind, const int64_t *sides)
{
    const Shape in = op->import->layers[layer].out;
    const bool flat = in.rank == 2, cut = kind[0] == 'c';
    const int64_t t = sides[0], b = sides[1], l = sides[2], r = sides[3], sign = cut ? -1 : 1;
    Text text = {.arena = op->arena};
    if (t == 0 && b == 0 && l == 0 && r == 0)
        return layer;
    if (l == r && (flat || (t == b && t == l)))
        text_printf(&text, "%lld", (long long)l);
    else if (flat)
        text_printf(&text, "{ %lld, %lld }", (long long)l, (long long)r);
    else
        text_printf(&text, "{ %lld, %lld, %lld, %lld }", (long long)t, (long long)b, (long long)l,
                    (long long)r);
    return import_add(op->import, arena_printf(op->arena, "%s%dd", kind, flat ? 1 : 2), text.data,
                      layer, (Shape){in.h + sign * (t + b), in.w + sign * (l + r), in.c, in.rank});
}

/* Top, bottom, left, right; negative ones cut off. */
static bool read_sides(Op *op, const Placed *x, int64_t *sides)
{
    int64_t pads[2 * RANK_MOST], axes[RANK_MOST];
    const int count = import_ints(op, import_attribute(op, "paddings") ? "paddings" : "pads", 1,
                                  pads, 2 * RANK_MOST);
    int axis_count = import_ints(op, NULL, 3, axes, RANK_MOST);
    if ((import_has_input(op, 1) && !import_input_constant(op, 1)) ||
        (import_has_input(op, 3) && axis_count < 0))
        return import_fail(op, "its pads are computed; they must be numbers in the file");
    for (int i = 0; i < x->rank && axis_count < 0; i++)
        axes[i] = i;
    axis_count = axis_count < 0 ? x->rank : axis_count;
    if (axis_count > x->rank || count != 2 * axis_count)
        return import_fail(op, "pads must have two numbers an axis");
    for (int i = 0; i < axis_count; i++) {
        const int axis = import_axis(x, axes[i]), from_end = x->rank - 1 - axis;
        const int64_t before = pads[i], after = pads[i + axis_count];
        if (before == 0 && after == 0)
            continue;
        if (axis == NO_AXIS || axis < 2)
            return import_fail(op, "it pads samples or channels");
        if (before > SIDE_MOST || after > SIDE_MOST || before < -SIDE_MOST || after < -SIDE_MOST)
            return import_fail(op, "it pads by %lld", (long long)(before ? before : after));
        sides[from_end == 1 ? 0 : 2] = before;
        sides[from_end == 1 ? 1 : 3] = after;
    }
    return true;
}

bool import_pad(Op *op)
{
    Placed x = *op->inputs[0];
    int64_t sides[4] = {0}, more[4], less[4];
    const char *mode = import_string(op, "mode", "constant");
    const Constant *c = import_input_constant(op, 2);
    const double value = c && c->count == 1 ? c->values[0] : import_float(op, "value", 0);
    Shape shape;
    const char *kind = strcmp(mode, "reflect") == 0 ? "reflect_padding"
                       : strcmp(mode, "edge") == 0  ? "edge_padding"
                                                    : "zero_padding";
    if (*kind == 'z' && strcmp(mode, "constant") != 0)
        return import_fail(op, "mode \"%s\"; cnngen has constant, reflect and edge", mode);
    if (import_has_input(op, 2) && !c)
        return import_fail(op, "its value is computed");
    if (!import_as_image(op, &x, &x.layer, &shape) || !read_sides(op, &x, sides))
        return false;
    for (int i = 0; i < 4; i++)
        if (*kind != 'z' &&
            (sides[i] < 0 || (*kind == 'r' && sides[i] >= (i < 2 ? shape.h : shape.w))))
            return import_fail(op, "it continues a side by %lld pixels", (long long)sides[i]);
    if (value != 0 && *kind == 'z') { /* zeros around what is less by it */
        if (!import_affine_number(op, &x, 1, -value))
            return false;
        x = op->out;
    }
    for (int i = 0; i < 4; i++) {
        more[i] = sides[i] > 0 ? sides[i] : 0;
        less[i] = sides[i] < 0 ? -sides[i] : 0;
    }
    if (less[0] + less[1] >= shape.h || less[2] + less[3] >= shape.w)
        return import_fail(op, "it cuts everything off");
    const int layer = add_sides(op, add_sides(op, x.layer, "cropping", less), kind, more);
    import_image_out(op, &x, layer);
    op->out.sole = layer != x.layer;
    const Placed padded = op->out;
    return value == 0 || *kind != 'z' || import_affine_number(op, &padded, 1, value);
}

/* How many times larger each spatial axis gets. */
static bool read_factors(Op *op, const Placed *x, int64_t *factors)
{
    const bool upsample = strcmp(op->node->op_type, "Upsample") == 0;
    const Constant *sizes = import_input_constant(op, 3);
    const Constant *scales = import_input_constant(op, upsample || op->import->opset < 11 ? 1 : 2);
    const Onnx__Attribute *a = import_attribute(op, "scales");
    const bool by_size = sizes && sizes->count > 0;
    const int64_t count = by_size  ? sizes->count
                          : a      ? (int64_t)a->n_floats
                          : scales ? scales->count
                                   : 0;
    if (import_ints(op, "axes", -1, factors, RANK_MOST) >= 0)
        return import_fail(op, "only some axes; export it with scales for all");
    if (count != x->rank)
        return import_fail(op, "its scales are not %d numbers in the file", x->rank);
    for (int i = 0; i < x->rank; i++) {
        const double scale = by_size ? sizes->values[i] / (double)x->dims[i]
                             : a     ? (double)a->floats[i]
                                     : scales->values[i];
        if (!(scale >= 1 && scale <= 1024) || scale != (double)(int64_t)scale ||
            (i < 2 && scale != 1))
            return import_fail(op, "it scales by %g; cnngen enlarges pixels by whole numbers",
                               scale);
        factors[i] = (int64_t)scale;
    }
    return true;
}

bool import_resize(Op *op)
{
    const Placed *x = op->inputs[0];
    const bool half = strcmp(op->node->op_type, "Resize") == 0 && op->import->opset >= 11;
    const char *mode = import_string(op, "mode", "nearest");
    const char *centres =
        import_string(op, "coordinate_transformation_mode", half ? "half_pixel" : "asymmetric");
    const char *nearest = import_string(op, "nearest_mode", half ? "round_prefer_floor" : "floor");
    const bool linear = strcmp(mode, "linear") == 0 || strcmp(mode, "bilinear") == 0;
    int64_t factors[RANK_MOST] = {0};
    int layer;
    Shape shape;
    if (!import_as_image(op, x, &layer, &shape) || !read_factors(op, x, factors))
        return false;
    const bool asymmetric = strcmp(centres, "asymmetric") == 0;
    const bool centred =
        strcmp(centres, "half_pixel") == 0 || strcmp(centres, "pytorch_half_pixel") == 0;
    if (!linear && strcmp(mode, "nearest") != 0)
        return import_fail(op, "mode \"%s\"; cnngen has nearest and linear", mode);
    if (linear ? !centred
               : !(centred && strncmp(nearest, "round", 5) == 0) &&
                     !(asymmetric && strcmp(nearest, "floor") == 0))
        return import_fail(op, "coordinate_transformation_mode \"%s\"%s; cnngen has half_pixel",
                           centres, linear ? " of linear" : " with this nearest_mode");
    const int64_t h = x->rank == 4 ? factors[2] : 1, w = factors[x->rank - 1];
    const bool flat = x->rank == 3;
    Text text = {.arena = op->arena};
    text_string(&text, import_sizes(op->arena, h, w, flat));
    if (linear)
        text_printf(&text, ", interpolation = \"%s\"", flat ? "linear" : "bilinear");
    if (shape.h > IMAGE_MOST || shape.w > IMAGE_MOST)
        return import_fail(op, "its input is too large");
    layer = import_add(op->import, flat ? "upsample1d" : "upsample2d", text.data, layer,
                       (Shape){shape.h * h, shape.w * w, shape.c, shape.rank});
    import_image_out(op, x, layer);
    return true;
}

/* A convolution of width 1 that puts channel order[i] in place i. */
static int reorder(Op *op, int layer, const int64_t *order, int64_t channels)
{
    Import *import = op->import;
    double *kernel = ARENA_ARRAY(op->arena, channels * channels, double);
    for (int64_t i = 0; i < channels; i++)
        kernel[order[i] * channels + i] = 1;
    const int to = import_add(import, "conv2d",
                              arena_printf(op->arena, "%lld, kernel = 1", (long long)channels),
                              layer, import->layers[layer].out);
    import_weights(import, to, "kernel", kernel, channels * channels);
    import->layers[to].takes_bias = true;
    return to;
}

/* The filters of the convolution before it in another order, where nothing else reads them. */
static bool reorder_filters(Op *op, ImportLayer *layer, const int64_t *order)
{
    const int64_t channels = layer->out.c;
    if (strncmp(layer->call, "conv2d", 7) != 0 || layer->activation)
        return false;
    for (int k = 0; k < layer->weight_count; k++) {
        Weights *w = &layer->weights[k];
        double *turned = ARENA_ARRAY(op->arena, w->count, double);
        if (strstr(layer->options, "groups"))
            return false;
        for (int64_t i = 0; i < w->count; i++)
            turned[i] = w->values[i - i % channels + order[i % channels]];
        w->values = turned;
    }
    return true;
}

enum { REORDERED_MOST = 4096 };

/* The image that an operator with blocks takes, in `layer`, and its block, 1 to 1,024. */
static bool open_blocks(Op *op, int *layer, Shape *shape, int64_t *block)
{
    *block = import_int(op, "blocksize", 0);
    return import_as_image(op, op->inputs[0], layer, shape) &&
           ((*block >= 1 && *block <= 1024 && shape->rank == 3) ||
            import_fail(op, "blocksize %lld does not fit", (long long)*block));
}

/* Adds the layer, whose output is `out`, behind `layer`. */
static bool close_blocks(Op *op, const char *kind, int layer, Shape out, int64_t block)
{
    const char *text = arena_printf(op->arena, "%lld", (long long)block);
    import_image_out(op, op->inputs[0], import_add(op->import, kind, text, layer, out));
    return true;
}

bool import_depth_to_space(Op *op)
{
    const Placed *x = op->inputs[0];
    int layer;
    Shape shape;
    int64_t block;
    if (!open_blocks(op, &layer, &shape, &block))
        return false;
    if (shape.c % (block * block) != 0)
        return import_fail(op, "blocksize %lld does not fit", (long long)block);
    const int64_t cells = block * block, out = shape.c / cells;
    if (strcmp(import_string(op, "mode", "DCR"), "CRD") == 0) {
        int64_t *order = ARENA_ARRAY(op->arena, shape.c, int64_t);
        for (int64_t i = 0; i < shape.c; i++)
            order[i] = i % out * cells + i / out;
        if (shape.c > REORDERED_MOST)
            return import_fail(op, "mode CRD of %lld channels", (long long)shape.c);
        if (layer != x->layer || !x->sole ||
            !reorder_filters(op, &op->import->layers[layer], order))
            layer = reorder(op, layer, order, shape.c);
    }
    return close_blocks(op, "depth_to_space", layer,
                        (Shape){shape.h * block, shape.w * block, out, 3}, block);
}

bool import_space_to_depth(Op *op)
{
    int layer;
    Shape shape;
    int64_t block;
    if (!open_blocks(op, &layer, &shape, &block))
        return false;
    if (shape.h % block != 0 || shape.w % block != 0)
        return import_fail(op, "blocksize %lld does not fit", (long long)block);
    return close_blocks(op, "space_to_depth", layer,
                        (Shape){shape.h / block, shape.w / block, shape.c * block * block, 3},
                        block);
}
