/* import_layer.c - layers of the spec to be: added one by one, activations and biases taken into
 * the layer before them where only they read it. */
#include "import_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS_MOST = 1 << 24 }; /* of a scale that differs from value to value */

int import_merge(Import *import, const char *call, const int *inputs, int count, Shape out)
{
    if (import->layer_count == import->layer_room) {
        const int room = import->layer_room ? 2 * import->layer_room : 64;
        import->layers = arena_grow(import->arena, import->layers, (size_t)import->layer_room,
                                    (size_t)room, sizeof *import->layers);
        import->layer_room = room;
    }
    ImportLayer *layer = &import->layers[import->layer_count];
    *layer = (ImportLayer){.call = call, .options = "", .input_count = count, .out = out};
    layer->inputs = ARENA_ARRAY(import->arena, count, int);
    if (count > 0)
        memcpy(layer->inputs, inputs, (size_t)count * sizeof *inputs);
    return import->layer_count++;
}

int import_add(Import *import, const char *call, const char *options, int input, Shape out)
{
    const int layer = import_merge(import, call, &input, 1, out);
    import->layers[layer].options = options;
    return layer;
}

void import_weights(Import *import, int layer, const char *tensor, double *values, int64_t count)
{
    ImportLayer *l = &import->layers[layer];
    l->weights[l->weight_count++] = (Weights){tensor, values, count};
}

char *import_number(Arena *arena, double number)
{
    char *text = arena_printf(arena, "%.6g", number);
    if (isnan(number))
        return arena_printf(arena, "0/0");
    if (isinf(number))
        return arena_printf(arena, number > 0 ? "1e999" : "-1e999");
    for (int digits = 7; (float)strtod(text, NULL) != (float)number && digits < 18; digits++)
        text = arena_printf(arena, "%.*g", digits, number);
    return text;
}

char *import_sizes(Arena *arena, int64_t h, int64_t w, bool flat)
{
    return flat || h == w ? arena_printf(arena, "%lld", (long long)w)
                          : arena_printf(arena, "{ %lld, %lld }", (long long)h, (long long)w);
}

static bool is_same(Shape a, Shape b)
{
    return a.h == b.h && a.w == b.w && a.c == b.c && a.rank == b.rank;
}

static bool is_call(const ImportLayer *layer, const char *start)
{
    return strncmp(layer->call, start, strlen(start)) == 0;
}

int import_as_shape(Import *import, const Placed *v, Shape shape)
{
    ImportLayer *layer = &import->layers[v->layer];
    if (is_same(layer->out, shape))
        return v->layer;
    if (is_call(layer, "global_") && v->sole && *layer->options == '\0' && shape.h == 1 &&
        shape.w == 1 && shape.rank == import->layers[layer->inputs[0]].out.rank) {
        layer->options = "keepdims = true";
        layer->out = shape;
        return v->layer;
    }
    if (shape.rank == 1)
        return import_add(import, "flatten", "", v->layer, shape);
    if (is_call(layer, "flatten") && is_same(import->layers[layer->inputs[0]].out, shape))
        return layer->inputs[0];
    return import_add(import, "reshape",
                      arena_printf(import->arena, "\"%s\"", shape_text(import->arena, shape)),
                      v->layer, shape);
}

bool import_as_image(Op *op, const Placed *v, int *layer, Shape *shape)
{
    static const int image[] = {2, 3, 1}, line[] = {2, 1};
    if (v->rank > 4)
        return import_fail(op, "three spatial axes; cnngen has images (two) and sequences (one)");
    if (v->rank < 3)
        return import_fail(op, "its input has no spatial axis");
    if (v->batch_axis != 0 && v->dims[0] != 1)
        return import_fail(op, "the first axis of its input is not that of the samples");
    if (!import_lies_as(v, v->rank == 4 ? image : line, v->rank - 1))
        return import_fail(op,
                           "its input is turned: a Transpose or Reshape before it moves values "
                           "between channels and pixels; pixels from channels are DepthToSpace");
    *shape = v->rank == 4 ? (Shape){v->dims[2], v->dims[3], v->dims[1], 3}
                          : (Shape){1, v->dims[2], v->dims[1], 2};
    *layer = import_as_shape(op->import, v, *shape);
    return true;
}

void import_image_out(Op *op, const Placed *in, int layer)
{
    static const int image[] = {2, 3, 1}, line[] = {2, 1};
    const Shape shape = op->import->layers[layer].out;
    Placed *out = &op->out;
    *out = (Placed){.layer = layer, .rank = in->rank, .batch_axis = in->batch_axis};
    out->dims[0] = in->dims[0];
    out->dims[1] = shape.c;
    out->dims[2] = in->rank == 4 ? shape.h : shape.w;
    out->dims[3] = shape.w;
    import_lay_out(out, in->rank == 4 ? image : line, in->rank - 1);
}

bool import_same_out(Op *op, const Placed *in, int layer)
{
    op->out = *in;
    op->out.layer = layer;
    return true;
}

static bool takes_activation(const ImportLayer *layer)
{
    static const char *const calls[] = {"conv",       "depthwise",  "dense",
                                        "add",        "batch_norm", "instance_norm",
                                        "group_norm", "mul",        "layer_norm"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (is_call(layer, calls[i]))
            return !layer->activation;
    return false;
}

bool import_activate(Op *op, const Placed *in, const char *name, const char *options)
{
    Import *import = op->import;
    ImportLayer *layer = &import->layers[in->layer];
    if (*options == '\0' && in->sole && takes_activation(layer)) {
        layer->activation = name;
        return import_same_out(op, in, in->layer);
    }
    return import_same_out(op, in, import_add(import, name, options, in->layer, layer->out));
}

/* Where each number of the constant goes: which axis of `in` it changes along, if only one. */
static bool only_axis(Op *op, const Constant *c, const Placed *in, int *axis)
{
    *axis = NO_AXIS;
    for (int i = 0; i < c->rank; i++) {
        const int to = i + in->rank - c->rank;
        if (c->dims[i] == 1)
            continue;
        if (to < 0 || c->dims[i] != in->dims[to])
            return import_fail(op, "a constant of another shape makes its input larger");
        if (to == in->batch_axis)
            return import_fail(op, "a constant differs from sample to sample");
        *axis = *axis == NO_AXIS ? to : RANK_MOST;
    }
    return true;
}

/* Every value of a sample: where it lies, and which number of the constant belongs to it. */
static void spread(const Constant *c, const Placed *in, double *out)
{
    int64_t index[RANK_MOST] = {0};
    for (int axis = 0; axis >= 0;) {
        int64_t at = 0;
        for (int i = 0; i < c->rank; i++)
            at = at * c->dims[i] + (c->dims[i] == 1 ? 0 : index[i + in->rank - c->rank]);
        out[import_place(in, index)] = c->values[at];
        for (axis = in->rank - 1; axis >= 0; axis--) {
            if (axis != in->batch_axis && ++index[axis] < in->dims[axis])
                break;
            index[axis] = 0;
        }
    }
}

/* How many channels a constant has a number for: those of an axis that lies innermost, or all
 * values; 0: any, -1 after a message. */
static int64_t channels_of(Op *op, const Constant *c, const Placed *in)
{
    int axis = NO_AXIS;
    if (!c || c->count == 1)
        return 0;
    if (!only_axis(op, c, in, &axis))
        return -1;
    if (axis != NO_AXIS && axis < RANK_MOST) {
        const int64_t *places = import_places(op->arena, in, axis);
        int64_t most = 0;
        for (int64_t i = 0; i < in->dims[axis]; i++)
            most = places[i] > most ? places[i] : most;
        if (most == in->dims[axis] - 1)
            return in->dims[axis];
    }
    return import_size(in);
}

static double *channel_values(Op *op, const Constant *c, const Placed *in, int64_t channels,
                              double otherwise)
{
    double *out = ARENA_ARRAY(op->arena, channels, double);
    int axis = NO_AXIS;
    if (c && c->count > 1 && channels == import_size(in))
        spread(c, in, out);
    else if (c && c->count > 1 && only_axis(op, c, in, &axis)) {
        const int64_t *places = import_places(op->arena, in, axis);
        for (int64_t i = 0; i < channels; i++)
            out[places[i]] = c->values[i];
    } else
        for (int64_t i = 0; i < channels; i++)
            out[i] = c ? c->values[0] : otherwise;
    return out;
}

/* Into the bias of the layer before, or into the scale and shift that is there already. */
static bool join_affine(ImportLayer *layer, bool scaled, const double *scale, const double *shift,
                        int64_t channels, Arena *arena)
{
    if (layer->activation || layer->out.c != channels)
        return false;
    if (layer->affine) {
        for (int64_t i = 0; i < channels; i++) {
            layer->weights[0].values[i] *= scale[i];
            layer->weights[1].values[i] = layer->weights[1].values[i] * scale[i] + shift[i];
        }
        return true;
    }
    if (!layer->takes_bias || scaled)
        return false;
    if (layer->weight_count == 1) {
        double *zeros = ARENA_ARRAY(arena, channels, double);
        layer->weights[layer->weight_count++] = (Weights){"bias", zeros, channels};
    }
    for (int64_t i = 0; i < channels; i++)
        layer->weights[1].values[i] += shift[i];
    return true;
}

int import_with_channels(Op *op, const Placed *in, int64_t channels)
{
    const Shape shape = op->import->layers[in->layer].out;
    const int64_t size = import_size(in);
    if (channels == shape.c)
        return in->layer;
    return import_as_shape(op->import, in,
                           channels == size ? (Shape){1, 1, size, 1}
                                            : (Shape){1, size / channels, channels, 2});
}

/* A norm that is frozen is a scale and a shift. */
static bool add_affine(Op *op, const Placed *in, double *s, double *t, int64_t channels)
{
    Import *import = op->import;
    const int from = import_with_channels(op, in, channels);
    const int layer = import_add(import, "batch_norm", "epsilon = 0, trainable = false", from,
                                 import->layers[from].out);
    double *zeros = ARENA_ARRAY(op->arena, channels, double);
    double *ones = ARENA_ARRAY(op->arena, channels, double);
    for (int64_t i = 0; i < channels; i++)
        ones[i] = 1;
    import_weights(import, layer, "gamma", s, channels);
    import_weights(import, layer, "beta", t, channels);
    import_weights(import, layer, "moving_mean", zeros, channels);
    import_weights(import, layer, "moving_variance", ones, channels);
    import->layers[layer].affine = true;
    return import_same_out(op, in, layer);
}

bool import_affine(Op *op, const Placed *in, const Constant *scale, const Constant *shift)
{
    Import *import = op->import;
    const int64_t a = channels_of(op, scale, in), b = channels_of(op, shift, in);
    const int64_t channels = a == 0 && b == 0   ? import->layers[in->layer].out.c
                             : a == 0           ? b
                             : b == 0 || a == b ? a
                                                : import_size(in);
    if (a < 0 || b < 0)
        return false;
    if (channels > CHANNELS_MOST)
        return import_fail(op, "a constant for each of %lld values", (long long)channels);
    double *s = channel_values(op, scale, in, channels, 1);
    double *t = channel_values(op, shift, in, channels, 0);
    if (in->sole &&
        join_affine(&import->layers[in->layer], scale != NULL, s, t, channels, op->arena)) {
        const ImportLayer *layer = &import->layers[in->layer]; /* one that does nothing goes */
        return import_same_out(op, in,
                               import_is_identity(import, layer) ? layer->inputs[0] : in->layer);
    }
    return add_affine(op, in, s, t, channels);
}

bool import_affine_number(Op *op, const Placed *in, double scale, double shift)
{
    Constant *s = import_constant(op->arena, 0, NULL), *t = import_constant(op->arena, 0, NULL);
    s->values[0] = scale;
    t->values[0] = shift;
    return import_affine(op, in, scale == 1 ? NULL : s, shift == 0 ? NULL : t);
}

bool import_prelu(Op *op)
{
    const Placed *in = op->inputs[0];
    const Constant *slope = import_input_constant(op, 1);
    if (!slope || slope->count == 0)
        return import_fail(op, "its slopes are computed; they must be in the file");
    int64_t channels = channels_of(op, slope, in);
    if (channels < 0)
        return false;
    if (channels == 0)
        channels = op->import->layers[in->layer].out.c;
    if (channels > CHANNELS_MOST)
        return import_fail(op, "a slope for each of %lld values", (long long)channels);
    const int from = import_with_channels(op, in, channels);
    const int layer = import_add(op->import, "prelu", "", from, op->import->layers[from].out);
    import_weights(op->import, layer, "alpha", channel_values(op, slope, in, channels, 0),
                   channels);
    return import_same_out(op, in, layer);
}
