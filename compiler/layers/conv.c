/* conv.c - convolution over two axes (images) or one (sound, packet bytes).
 *
 * y[i, j, o] = b[o] + sum over ki, kj, c of x[i*stride + ki*dilation - pad, ..., c] * w[ki, kj, c,
 * o], the cross-correlation that every framework calls convolution. With groups, output channel o
 * reads only the in/groups channels of its own group. */
#include "../check.h"
#include "../tile.h"
#include "../winograd.h"

static const Option options[] = {
    NODE_OPTION("filters", OPTION_COUNT, filters, REQUIRED, true),
    NODE_OPTION("kernel", OPTION_SIZE, window.kernel, REQUIRED, false),
    NODE_OPTION("stride", OPTION_SIZE, window.stride, OPTIONAL, false),
    NODE_OPTION("padding", OPTION_PADDING, window, OPTIONAL, false),
    NODE_OPTION("dilation", OPTION_SIZE, window.dilation, OPTIONAL, false),
    NODE_OPTION("groups", OPTION_COUNT, groups, OPTIONAL, false),
    NODE_OPTION("activation", OPTION_ACTIVATION, activation, OPTIONAL, false),
    NODE_OPTION("bias", OPTION_BOOL, bias, OPTIONAL, false),
    NODE_OPTION("init", OPTION_INIT, init, OPTIONAL, false),
    NODE_OPTION("trainable", OPTION_BOOL, trainable, OPTIONAL, false),
    {.name = NULL},
};

static bool check_groups(Check *check, const Node *node)
{
    const long long groups = node->groups, in = node->in.c, out = node->filters;
    if (in % groups == 0 && out % groups == 0)
        return true;
    if (out % groups == 0)
        diag_error(check->diag, check_place(node, "groups"),
                   "%s: %lld groups do not divide the %lld input channels", node->name, groups, in);
    else if (in % groups == 0)
        diag_error(check->diag, check_place(node, "groups"),
                   "%s: %lld groups do not divide the %lld filters", node->name, groups, out);
    else
        diag_error(check->diag, check_place(node, "groups"),
                   "%s: %lld groups divide neither the %lld input channels nor the %lld filters",
                   node->name, groups, in, out);
    check_input_note(check, node);
    return false;
}

static const char *params_formula(const Node *node)
{
    static const char *const text[2][2] = {
        {"kernel.h*kernel.w*in.c*filters", "kernel.h*kernel.w*in.c*filters + filters"},
        {"kernel.h*kernel.w*floor(in.c/groups)*filters",
         "kernel.h*kernel.w*floor(in.c/groups)*filters + filters"}};
    static const char *const text1d[2][2] = {
        {"kernel.w*in.c*filters", "kernel.w*in.c*filters + filters"},
        {"kernel.w*floor(in.c/groups)*filters", "kernel.w*floor(in.c/groups)*filters + filters"}};
    return (node->kind->dims == 1 ? text1d : text)[node->groups > 1][node->bias];
}

static const char *macs_formula(const Node *node)
{
    static const char *const text[2][2] = {
        {"out.h*out.w*kernel.h*kernel.w*in.c*filters",
         "out.h*out.w*kernel.h*kernel.w*floor(in.c/groups)*filters"},
        {"out.w*kernel.w*in.c*filters", "out.w*kernel.w*floor(in.c/groups)*filters"}};
    return text[node->kind->dims == 1][node->groups > 1];
}

static bool check_conv(Check *check, Node *node)
{
    Shape out = {.c = node->filters, .rank = node->in.rank};
    if (!check_groups(check, node) || !check_window(check, node, &out))
        return false;
    node->out = out;
    return check_shape(check, node, out, "output") &&
           check_kernel(check, node, node->in.c / node->groups, node->filters) &&
           check_formula(check, node, "the number of parameters", params_formula(node),
                         &node->params) &&
           check_formula(check, node, "the number of multiply-adds", macs_formula(node),
                         &node->macs);
}

/* Limits of what was measured to gain. */
enum {
    NARROW_POOLED = 5,  /* filters behind which a pool runs in the same pass, */
    NARROW_LARGE = 4,   /* with a window of NARROW_TAPS or more, */
    NARROW_FILTERS = 2, /* any */
    NARROW_TAPS = 25,
    NARROW_CHANNELS = 8, /* of the input */
    NARROW_COLUMNS = 4,
    NARROW_WIDTH = 12 /* taps of a row that registers can hold */
};

/* With few filters, vectors of channels are mostly empty; vectors of columns are not. They cost the
 * work of taking the input apart, which is much for what a stride leaves to compute. */
static bool is_narrow(const Plan *plan, const Step *step)
{
    const Node *node = step->node;
    const Size k = node->window.kernel;
    const int64_t stride = node->window.stride.w;
    const bool large = k.h * k.w >= NARROW_TAPS;
    const int64_t most = stride > 1   ? NARROW_FILTERS
                         : step->pool ? NARROW_POOLED
                         : large      ? NARROW_LARGE
                                      : NARROW_FILTERS;
    return !step->lean && plan->options.unroll == UNROLL_AUTO && !plan->options.portable &&
           !step->norm && node->groups == 1 && node->filters <= most &&
           node->in.c <= (stride == 1 ? NARROW_CHANNELS : 1) && stride <= 2 &&
           step->yv.shape.w >= NARROW_COLUMNS && k.w <= NARROW_WIDTH;
}

enum {
    SPARSE_ROWS = 12,  /* rows of a window that registers can hold */
    SPARSE_WIDTH = 256 /* results of a row: their places go on the stack */
};

/* Behind a maximum pool only the places that won have a gradient. Going from one to the next pays
 * when rows of the window fill vectors. */
static bool is_sparse(const Step *step)
{
    const Node *node = step->node;
    return step->argmax != STEP_NONE && node->groups == 1 && node->window.dilation.w == 1 &&
           node->in.c % TILE_MOST_LANES == 0 && node->window.kernel.h <= SPARSE_ROWS &&
           step->yv.shape.w <= SPARSE_WIDTH;
}

enum {
    DEPTHWISE_LEAST = 4,
    DEPTHWISE_WIDTH = 16,
    SPREAD_TAPS = 3,
    SPREAD_FILTERS = 3, /* of a group, */
    SPREAD_STRIDED = 2, /* with a stride, */
    SPREAD_LARGE = 4    /* with a window of NARROW_TAPS or more */
};

/* One filter for each channel: lanes are channels. Backward reads vectors beyond the last channel,
 * which the caller's memory does not allow. */
static bool is_depthwise(const Plan *plan, const Step *step)
{
    const Node *node = step->node;
    return plan->options.unroll == UNROLL_AUTO && !plan->options.portable && !step->pool &&
           node->groups == node->in.c && node->filters == node->in.c &&
           node->in.c >= DEPTHWISE_LEAST && node->window.kernel.w <= DEPTHWISE_WIDTH &&
           (!step->from_caller || node->in.c % TILE_MOST_LANES == 0);
}

/* Groups of few filters fill no vector. Lanes are then outputs of many groups, which takes a copy
 * of the input that has what each output reads side by side; large windows read it often enough. */
static bool is_spread(const Plan *plan, const Step *step)
{
    const Node *node = step->node;
    const Size k = node->window.kernel;
    const int64_t most = k.h * k.w >= NARROW_TAPS     ? SPREAD_LARGE
                         : node->window.stride.w == 1 ? SPREAD_FILTERS
                                                      : SPREAD_STRIDED;
    return plan->options.unroll == UNROLL_AUTO && !plan->options.portable && !step->pool &&
           !step->lean && node->groups > 1 && node->filters / node->groups <= most &&
           node->filters >= DEPTHWISE_LEAST && k.w <= DEPTHWISE_WIDTH && k.h * k.w >= SPREAD_TAPS;
}

static Form spread_form(const Step *step, bool backward)
{
    const int64_t size = tile_spread(step).size;
    return (Form){.templates = "conv_depthwise",
                  .work = size * (backward ? step->trainable + step->wants_dx : 1)};
}

static Form forward_form(const Plan *plan, const Step *step)
{
    const Winograd w = winograd_forward(plan, step);
    if (!w.used)
        return (Form){.templates = "conv"};
    return (Form){
        .templates = "conv_winograd", .prepared = winograd_prepared(&w), .work = winograd_work(&w)};
}

/* Floats of dy with a border of zeros, such that a window moved over it gives dx. */
static int64_t bordered(const Node *node)
{
    return (node->in.h + 2) * (node->in.w + 2) * node->filters;
}

/* The input is taken apart, unless vectors can be loaded from where it is: not from the caller's
 * memory, for the last of a row reach beyond it; and backward multiplies what lies behind an image
 * by zero, so that must be a number. */
static Form narrow_form(const Step *step, bool backward)
{
    const Split x = tile_split_input(step), dy = tile_split_gradient(step);
    const bool in_place = x.planes == 1 && !step->from_caller && !backward;
    Form form = {.templates = "conv_narrow"};
    form.work = in_place ? 0 : x.planes * x.plane;
    if (backward) {
        form.work += dy.planes * dy.plane;
        form.sums = (step->node->tensors[0].count + step->node->filters) * TILE_MOST_LANES;
    }
    return form;
}

/* Backward needs the kernel with its channels swapped for dx, and the gradient spread out again if
 * there is a pool. */
static Form conv_form(const Plan *plan, const Step *step, bool backward)
{
    Form form = {.templates = "conv"};
    const int64_t kernel = step->node->tensors[0].count;
    if (step->clips)
        return (Form){.templates = "conv_clipped"};
    if (is_depthwise(plan, step))
        return (Form){.templates = "conv_depthwise"};
    if (is_spread(plan, step))
        return spread_form(step, backward);
    if (is_narrow(plan, step) && !step->wants_dx && (!backward || step->trainable))
        return narrow_form(step, backward);
    if (!backward)
        return forward_form(plan, step);
    if (plan->options.unroll != UNROLL_AUTO)
        return form;
    form.prepared = step->wants_dx ? kernel : 0;
    if (is_sparse(step)) {
        form.templates = "conv_sparse";
        form.sums = step->trainable ? kernel : 0;
        return form;
    }
    if (step->argmax != STEP_NONE)
        form.work = shape_count(step->conv.shape);
    const Winograd w = winograd_dx(plan, step);
    if (step->wants_dx && w.used) {
        form.prepared += winograd_prepared(&w);
        form.work += bordered(step->node) + winograd_work(&w);
    }
    return form;
}

static const Recipe recipe = {.templates = "conv",
                              .keeps_input = true,
                              .linear = true,
                              .takes_activation = true,
                              .takes_norm = true,
                              .takes_halo = true,
                              .takes_pool = true,
                              .clips = true,
                              .form = conv_form,
                              .tiles = tile_conv};

/* Depthwise convolution is a grouped one: output channel c*multiplier + m reads channel c only. Its
 * kernel (height, width, channels, multiplier) lies in memory as that of a grouped one does. */
static const Option depthwise_options[] = {
    NODE_OPTION("kernel", OPTION_SIZE, window.kernel, REQUIRED, true),
    NODE_OPTION("multiplier", OPTION_COUNT, multiplier, OPTIONAL, false),
    NODE_OPTION("stride", OPTION_SIZE, window.stride, OPTIONAL, false),
    NODE_OPTION("padding", OPTION_PADDING, window, OPTIONAL, false),
    NODE_OPTION("dilation", OPTION_SIZE, window.dilation, OPTIONAL, false),
    NODE_OPTION("activation", OPTION_ACTIVATION, activation, OPTIONAL, false),
    NODE_OPTION("bias", OPTION_BOOL, bias, OPTIONAL, false),
    NODE_OPTION("init", OPTION_INIT, init, OPTIONAL, false),
    NODE_OPTION("trainable", OPTION_BOOL, trainable, OPTIONAL, false),
    {.name = NULL},
};

static void depthwise_defaults(Node *node)
{
    node->multiplier = 1;
}

static bool check_depthwise(Check *check, Node *node)
{
    static const char *const params[2][2] = {
        {"kernel.h*kernel.w*in.c*multiplier",
         "kernel.h*kernel.w*in.c*multiplier + in.c*multiplier"},
        {"kernel.w*in.c*multiplier", "kernel.w*in.c*multiplier + in.c*multiplier"}};
    static const char *const macs[2] = {"out.h*out.w*kernel.h*kernel.w*in.c*multiplier",
                                        "out.w*kernel.w*in.c*multiplier"};
    const int flat = node->kind->dims == 1;
    Shape out = {.rank = node->in.rank};
    node->groups = node->in.c;
    if (!size_mul(node->in.c, node->multiplier, &node->filters) || node->filters > INT32_MAX)
        return check_fail(check, node, "the output has more than %d channels", INT32_MAX);
    out.c = node->filters;
    if (!check_window(check, node, &out))
        return false;
    node->out = out;
    return check_shape(check, node, out, "output") &&
           check_kernel(check, node, node->in.c, node->multiplier) &&
           check_formula(check, node, "the number of parameters", params[flat][node->bias],
                         &node->params) &&
           check_formula(check, node, "the number of multiply-adds", macs[flat], &node->macs);
}

const LayerKind layer_depthwise_conv2d = {.name = "depthwise_conv2d",
                                          .prefix = "depthwise",
                                          .dims = 2,
                                          .options = depthwise_options,
                                          .defaults = depthwise_defaults,
                                          .check = check_depthwise,
                                          .recipe = &recipe};
const LayerKind layer_depthwise_conv1d = {.name = "depthwise_conv1d",
                                          .prefix = "depthwise",
                                          .dims = 1,
                                          .options = depthwise_options,
                                          .defaults = depthwise_defaults,
                                          .check = check_depthwise,
                                          .recipe = &recipe};
const LayerKind layer_conv2d = {.name = "conv2d",
                                .prefix = "conv",
                                .dims = 2,
                                .options = options,
                                .check = check_conv,
                                .recipe = &recipe};
const LayerKind layer_conv1d = {.name = "conv1d",
                                .prefix = "conv",
                                .dims = 1,
                                .options = options,
                                .check = check_conv,
                                .recipe = &recipe};
