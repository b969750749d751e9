/* import_point.c - operators that work value by value, and those that move whole pixels. */
#include "import_graph.h"

#include <math.h>
#include <string.h>

static const double SELU_ALPHA = 1.67326319217681884765625, SELU_GAMMA = 1.05070102214813232421875;

static Placed alone(const Placed *v)
{
    Placed copy = *v;
    copy.sole = true;
    return copy;
}

/* An activation with alpha, which goes into the layer before when it is the default. */
static bool with_alpha(Op *op, const Placed *in, const char *name, double alpha, double usual)
{
    if (alpha < 0 || !isfinite(alpha))
        return import_fail(op, "alpha is %g; cnngen has 0 and more", alpha);
    if (alpha == 0)
        return import_activate(op, in, "relu", "");
    return import_activate(op, in, name,
                           fabs(alpha - usual) < 1e-9 ? "" : import_number(op->arena, alpha));
}

/* hard_sigmoid is relu6(x + 3)/6; other slopes and offsets change x first. */
static bool hard_sigmoid(Op *op, const Placed *in)
{
    const double alpha = import_float(op, "alpha", 0.2), beta = import_float(op, "beta", 0.5);
    if (fabs(alpha - 1.0 / 6) < 1e-6 && beta == 0.5)
        return import_activate(op, in, "hard_sigmoid", "");
    if (!import_affine_number(op, in, 6 * alpha, 6 * (beta - 0.5)))
        return false;
    const Placed x = alone(&op->out);
    return import_activate(op, &x, "hard_sigmoid", "");
}

static bool scaled_elu(Op *op, const Placed *in, double before, double alpha, double behind)
{
    if (before != 1 && !import_affine_number(op, in, before, 0))
        return false;
    const Placed x = before != 1 ? alone(&op->out) : *in;
    if (!with_alpha(op, &x, "elu", alpha, 1))
        return false;
    const Placed y = alone(&op->out);
    return behind == 1 || import_affine_number(op, &y, behind, 0);
}

/* x*tanh(softplus(x)) */
static bool mish(Op *op, const Placed *in)
{
    Import *import = op->import;
    const Shape shape = import->layers[in->layer].out;
    int ends[2] = {in->layer, import_add(import, "softplus", "", in->layer, shape)};
    ends[1] = import_add(import, "tanh", "", ends[1], shape);
    return import_same_out(op, in, import_merge(import, "mul", ends, 2, shape));
}

bool import_activation(Op *op)
{
    static const char *const plain[][2] = {{"Relu", "relu"},         {"Sigmoid", "sigmoid"},
                                           {"Tanh", "tanh"},         {"Softplus", "softplus"},
                                           {"Softsign", "softsign"}, {"HardSwish", "hard_swish"}};
    const Placed *in = op->inputs[0];
    const char *type = op->node->op_type;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(type, plain[i][0]) == 0)
            return import_activate(op, in, plain[i][1], "");
    if (strcmp(type, "LeakyRelu") == 0)
        return with_alpha(op, in, "leaky_relu", import_float(op, "alpha", 0.01), 0.01);
    if (strcmp(type, "Elu") == 0)
        return with_alpha(op, in, "elu", import_float(op, "alpha", 1), 1);
    if (strcmp(type, "ThresholdedRelu") == 0)
        return with_alpha(op, in, "thresholded_relu", import_float(op, "alpha", 1), 1);
    if (strcmp(type, "Selu") == 0)
        return scaled_elu(op, in, 1, import_float(op, "alpha", SELU_ALPHA),
                          import_float(op, "gamma", SELU_GAMMA));
    if (strcmp(type, "Celu") == 0) {
        const double alpha = import_float(op, "alpha", 1);
        return alpha == 0 ? import_fail(op, "alpha is 0") : scaled_elu(op, in, 1 / alpha, 1, alpha);
    }
    if (strcmp(type, "HardSigmoid") == 0)
        return hard_sigmoid(op, in);
    if (strcmp(type, "Mish") == 0)
        return mish(op, in);
    if (strcmp(type, "Neg") == 0)
        return import_affine_number(op, in, -1, 0);
    if (strcmp(import_string(op, "approximate", "none"), "none") == 0)
        return import_activate(op, in, "gelu", "");
    return import_activate(op, in, "gelu_tanh", "");
}

/* Not below: relu(x - low) + low. Not above: high - relu(high - x). `sign` is 1 or -1. */
static bool limit(Op *op, const Placed *in, const Constant *c, double sign)
{
    Constant *s = import_constant(op->arena, 0, NULL);
    Constant *shift = import_constant(op->arena, c->rank, c->dims);
    bool zero = true;
    s->values[0] = sign;
    for (int64_t i = 0; i < c->count; i++) {
        shift->values[i] = -sign * c->values[i];
        zero = zero && c->values[i] == 0;
    }
    if (zero && sign > 0)
        return import_activate(op, in, "relu", "");
    if (!import_affine(op, in, sign < 0 ? s : NULL, shift))
        return false;
    const Placed x = alone(&op->out);
    if (!import_activate(op, &x, "relu", ""))
        return false;
    const Placed y = alone(&op->out);
    return import_affine(op, &y, sign < 0 ? s : NULL, c);
}

static Constant *number(Op *op, double value)
{
    Constant *c = import_constant(op->arena, 0, NULL);
    c->values[0] = value;
    return c;
}

/* Between two numbers: low + span/6*relu6((x - low)*6/span). */
static bool between(Op *op, const Placed *in, double low, double high)
{
    const double factor = 6 / (high - low);
    if (low == 0 && high == 6)
        return import_activate(op, in, "relu6", "");
    if (low >= high) {
        const Placed x = *in;
        return import_affine_number(op, &x, 0, high);
    }
    if (!import_affine_number(op, in, factor, -low * factor))
        return false;
    const Placed x = alone(&op->out);
    if (!import_activate(op, &x, "relu6", ""))
        return false;
    const Placed y = alone(&op->out);
    return import_affine_number(op, &y, 1 / factor, low);
}

bool import_clip(Op *op)
{
    double limits[2] = {-INFINITY, INFINITY};
    static const char *const names[] = {"min", "max"};
    const Placed *in = op->inputs[0];
    for (int i = 0; i < 2; i++) {
        const Constant *c = import_input_constant(op, i + 1);
        if (import_has_input(op, i + 1) && (!c || c->count != 1))
            return import_fail(op, "its limits are computed; they must be numbers in the file");
        limits[i] = c ? c->values[0] : import_float(op, names[i], limits[i]);
    }
    const bool below = limits[0] > -1e38, above = limits[1] < 1e38;
    if (isnan(limits[0]) || isnan(limits[1]))
        return import_fail(op, "its limits are no numbers");
    if (below && above)
        return between(op, in, limits[0], limits[1]);
    if (below || above)
        return limit(op, in, number(op, below ? limits[0] : limits[1]), below ? 1 : -1);
    return import_same_out(op, in, in->layer);
}

/* The one input that is computed, when the others are constants; NULL: there are more. */
static const Placed *only_computed(const Op *op)
{
    const Placed *found = NULL;
    for (int i = 0; i < op->input_count; i++)
        if (op->inputs[i] && !op->inputs[i]->constant) {
            if (found)
                return NULL;
            found = op->inputs[i];
        }
    return found;
}

bool import_extreme(Op *op)
{
    const Placed *in = only_computed(op);
    if (!in)
        return import_fail(op, "of two computed values; cnngen has it with constants");
    Placed x = *in;
    import_same_out(op, in, in->layer);
    for (int i = 0; i < op->input_count; i++) {
        const Constant *c = import_input_constant(op, i);
        if (!c)
            continue;
        if (!limit(op, &x, c, strcmp(op->node->op_type, "Max") == 0 ? 1 : -1))
            return false;
        x = alone(&op->out);
    }
    return true;
}

/* Two values that lie alike: "add" or "mul" of their layers. */
static bool join(Op *op, const char *call, const Placed *a, const Placed *b)
{
    Import *import = op->import;
    const Shape shape = import->layers[a->layer].out;
    if (!import_is_like(a, b) || shape_count(shape) != import_size(b))
        return import_fail(op, "its inputs have different shapes, or one of them is turned");
    const int ends[] = {a->layer, import_as_shape(import, b, shape)};
    return import_same_out(op, a, import_merge(import, call, ends, 2, shape));
}

bool import_sum(Op *op)
{
    Placed sum = {.rank = -1};
    for (int i = 0; i < op->input_count; i++) {
        const Placed *x = op->inputs[i];
        if (!x || x->constant)
            continue;
        if (sum.rank >= 0 && !join(op, "add", &sum, x))
            return false;
        sum = sum.rank >= 0 ? alone(&op->out) : *x;
    }
    op->out = sum;
    for (int i = 0; i < op->input_count; i++) {
        const Constant *c = import_input_constant(op, i);
        if (c && !import_affine(op, &sum, NULL, c))
            return false;
        sum = c ? alone(&op->out) : sum;
    }
    return true;
}

static Constant *map(Op *op, const Constant *c, bool inverse)
{
    Constant *out = import_constant(op->arena, c->rank, c->dims);
    for (int64_t i = 0; i < c->count; i++)
        out->values[i] = inverse ? 1 / c->values[i] : -c->values[i];
    return out;
}

bool import_subtract(Op *op)
{
    const Placed *a = op->inputs[0], *b = op->inputs[1];
    if (!a || !b)
        return import_fail(op, "it needs two inputs");
    if (b->constant)
        return import_affine(op, a, NULL, map(op, b->constant, false));
    if (a->constant)
        return import_affine(op, b, number(op, -1), a->constant);
    const Placed left = *a;
    if (!import_affine_number(op, b, -1, 0))
        return false;
    const Placed right = alone(&op->out);
    return join(op, "add", &left, &right);
}

/* x*sigmoid(x) has a name, and so has x*hard_sigmoid(x). */
static bool is_gate(Op *op, const Placed *x, const Placed *gate)
{
    ImportLayer *layer = &op->import->layers[gate->layer];
    const bool sigmoid = strcmp(layer->call, "sigmoid") == 0;
    if (!gate->sole || !import_is_like(x, gate) || layer->activation ||
        !(sigmoid || strcmp(layer->call, "hard_sigmoid") == 0) || layer->inputs[0] != x->layer)
        return false;
    layer->call = sigmoid ? "silu" : "hard_swish";
    return import_same_out(op, gate, gate->layer);
}

/* An image times one value for each channel. */
static bool scale_channels(Op *op, const Placed *image, const Placed *scale)
{
    Import *import = op->import;
    const int64_t channels = image->rank > 1 ? image->dims[1] : 0;
    const Shape shape = import->layers[image->layer].out;
    if (scale->rank != image->rank || import_size(scale) != channels ||
        scale->dims[1] != channels || shape.c != channels)
        return false;
    const int64_t *a = import_places(op->arena, image, 1), *b = import_places(op->arena, scale, 1);
    for (int64_t i = 0; i < channels; i++)
        if (a[i] != b[i])
            return false;
    const int ends[] = {image->layer, import_as_shape(import, scale, (Shape){1, 1, channels, 1})};
    return import_same_out(op, image, import_merge(import, "mul", ends, 2, shape));
}

bool import_multiply(Op *op)
{
    const Placed *a = op->inputs[0], *b = op->inputs[1];
    if (!a || !b)
        return import_fail(op, "it needs two inputs");
    if (a->constant || b->constant)
        return import_affine(op, a->constant ? b : a, a->constant ? a->constant : b->constant,
                             NULL);
    return import_is_gelu(op, a, b) || import_is_gelu(op, b, a) || is_gate(op, a, b) ||
           is_gate(op, b, a) || scale_channels(op, a, b) || scale_channels(op, b, a) ||
           join(op, "mul", a, b);
}

bool import_divide(Op *op)
{
    const Constant *c = import_input_constant(op, 1);
    if (!c || op->inputs[0]->constant)
        return import_fail(op, "it divides by what is computed");
    return import_affine(op, op->inputs[0], map(op, c, true), NULL);
}

/* It does nothing but in training, which comes later here. */
bool import_dropout(Op *op)
{
    const Constant *c = import_input_constant(op, 1);
    const double rate = c && c->count == 1 ? c->values[0] : import_float(op, "ratio", 0.5);
    const Placed *x = op->inputs[0];
    if (!(rate > 0 && rate < 1))
        return import_same_out(op, x, x->layer);
    return import_same_out(op, x,
                           import_add(op->import, "dropout", import_number(op->arena, rate),
                                      x->layer, op->import->layers[x->layer].out));
}
