/* conv_transpose.c - transposed convolution: every input pixel adds its multiple of the kernel to
 * the output, stride pixels apart. It is what a convolution's backward pass does to a gradient.
 *
 * y[i*stride + ki*dilation - pad, ..., o] += x[i, ..., c] * w[ki, kj, o, c], plus b[o].
 *
 * Forward gathers instead: the outputs of one remainder modulo the stride, a phase, are a dense
 * convolution of the input with every stride-th tap of the kernel. No zeros are put between pixels
 * and no output is visited twice. With few filters it scatters: vectors of filters would be mostly
 * empty, those of filters and taps are not. */
#include "../check.h"
#include "../phase.h"
#include "../tile.h"

#define SIZE_RULE                                                                                  \
    "(in - 1)*stride - pad_before - pad_after + dilation*(kernel - 1) + output_padding + 1"

enum { STRIDE_MOST = 64 }; /* a stride of columns is as many pieces of C */

static const Option options[] = {
    NODE_OPTION("filters", OPTION_COUNT, filters, REQUIRED, true),
    NODE_OPTION("kernel", OPTION_SIZE, window.kernel, REQUIRED, false),
    NODE_OPTION("stride", OPTION_SIZE, window.stride, OPTIONAL, false),
    NODE_OPTION("padding", OPTION_PADDING, window, OPTIONAL, false),
    NODE_OPTION("output_padding", OPTION_EXTRA, output_padding, OPTIONAL, false),
    NODE_OPTION("dilation", OPTION_SIZE, window.dilation, OPTIONAL, false),
    NODE_OPTION("activation", OPTION_ACTIVATION, activation, OPTIONAL, false),
    NODE_OPTION("bias", OPTION_BOOL, bias, OPTIONAL, false),
    NODE_OPTION("init", OPTION_INIT, init, OPTIONAL, false),
    NODE_OPTION("trainable", OPTION_BOOL, trainable, OPTIONAL, false),
    {.name = NULL},
};

/* Keras' rule: out = in*stride. What the kernel reaches beyond that is cut off, the odd cell
 * behind; where it does not reach that far, cells are added behind. */
static bool resolve_same(Axis *axis)
{
    int64_t reach;
    if (!size_mul(axis->dilation, axis->kernel - 1, &reach))
        return false;
    const int64_t total = reach + 1 - axis->stride;
    axis->before = total > 0 ? total / 2 : 0;
    axis->after = total > 0 ? total - total / 2 : 0;
    axis->extra = total < 0 ? -total : 0;
    return true;
}

static bool check_axis(Check *check, const Node *node, Axis *axis)
{
    if (node->window.same && !resolve_same(axis))
        return check_fail(check, node, "the kernel is too large");
    const Variable v[] = {{"in", axis->in},
                          {"pad_before", axis->before},
                          {"pad_after", axis->after},
                          {"kernel", axis->kernel},
                          {"dilation", axis->dilation},
                          {"stride", axis->stride},
                          {"output_padding", axis->extra}};
    if (formula_value(SIZE_RULE, v, 7, &axis->out) != FORMULA_OK)
        return check_fail(check, node, "the size rule overflows for the output %s", axis->side);
    if (axis->out >= 1)
        return true;
    diag_error(check->diag, node->span, "%s: output %s is %lld", node->name, axis->side,
               (long long)axis->out);
    diag_note(check->diag, "out = %s\n    = %s\n    = %lld", SIZE_RULE,
              formula_numbers(check->arena, SIZE_RULE, v, 7), (long long)axis->out);
    check_input_note(check, node);
    return false;
}

static bool is_same_axis(const Axis *a, const Axis *b)
{
    return a->in == b->in && a->kernel == b->kernel && a->stride == b->stride &&
           a->dilation == b->dilation && a->before == b->before && a->after == b->after &&
           a->extra == b->extra;
}

/* Cells that no kernel reaches are there to reach a size between two strides, not more. */
static bool check_extra(Check *check, const Node *node, const Axis *axis)
{
    if (node->window.same && value_get(node->call, "output_padding"))
        return diag_error(check->diag, check_place(node, "output_padding"),
                          "%s: output_padding has no meaning with padding = \"same\", whose output "
                          "is the input times the stride",
                          node->name);
    if (axis->extra == 0 || axis->extra < axis->stride || axis->extra < axis->dilation)
        return true;
    return diag_error(
        check->diag, check_place(node, "output_padding"),
        "%s: output_padding %lld must be smaller than the stride %lld or the dilation %lld",
        node->name, (long long)axis->extra, (long long)axis->stride, (long long)axis->dilation);
}

static bool check_stride(Check *check, const Node *node)
{
    const Size s = node->window.stride;
    return (s.h <= STRIDE_MOST && s.w <= STRIDE_MOST) ||
           diag_error(check->diag, check_place(node, "stride"),
                      "%s: stride %lld of a transposed convolution; at most %d", node->name,
                      (long long)(s.h > s.w ? s.h : s.w), STRIDE_MOST);
}

static Padding halo(const Node *node)
{
    const Axis rows = phase_rows(node), columns = phase_columns(node);
    Padding p;
    phase_reach(&rows, &p.top, &p.bottom);
    phase_reach(&columns, &p.left, &p.right);
    return p;
}

static bool check_size(Check *check, Node *node)
{
    Window *w = &node->window;
    Axis rows = phase_rows(node), columns = phase_columns(node);
    if (!check_stride(check, node) || !check_extra(check, node, &rows) ||
        !check_extra(check, node, &columns))
        return false;
    const bool ok = check_axis(check, node, &rows);
    if (!ok && is_same_axis(&rows, &columns)) /* one message for a square that fails twice */
        return false;
    if (!check_axis(check, node, &columns) || !ok)
        return false;
    if (!phase_is_reached(&rows) || !phase_is_reached(&columns))
        return check_fail(check, node, "the padding leaves no output that the kernel reaches");
    w->padding = (Padding){rows.before, rows.after, columns.before, columns.after};
    node->output_padding = (Size){rows.extra, columns.extra};
    node->out = (Shape){rows.out, columns.out, node->filters, node->in.rank};
    return check_shape(check, node, node->out, "output");
}

/* The input with its border of zeros. */
static Shape bordered_input(const Node *node)
{
    const Padding p = halo(node);
    return (Shape){node->in.h + p.top + p.bottom, node->in.w + p.left + p.right, node->in.c,
                   node->in.rank};
}

static bool check_transposed(Check *check, Node *node)
{
    static const char *const params[2][2] = {
        {"kernel.h*kernel.w*filters*in.c", "kernel.h*kernel.w*filters*in.c + filters"},
        {"kernel.w*filters*in.c", "kernel.w*filters*in.c + filters"}};
    static const char *const macs[] = {"in.h*in.w*kernel.h*kernel.w*filters*in.c",
                                       "in.w*kernel.w*filters*in.c"};
    const bool flat = node->kind->dims == 1;
    return check_size(check, node) && check_kernel(check, node, node->filters, node->in.c) &&
           check_shape(check, node, bordered_input(node), "input with its border") &&
           check_formula(check, node, "the number of parameters", params[flat][node->bias],
                         &node->params) &&
           check_formula(check, node, "the number of multiply-adds", macs[flat], &node->macs);
}

static bool is_padded(const Node *node)
{
    const Padding p = node->window.padding;
    return p.top + p.bottom + p.left + p.right > 0;
}

/* dw loads vectors of input channels. The last of them reach beyond the image, which the caller's
 * memory does not allow. */
static bool copies_input(const Plan *plan, const Step *step)
{
    return step->trainable && step->from_caller && !plan->options.portable &&
           plan->options.unroll == UNROLL_AUTO && step->node->in.c % TILE_MOST_LANES != 0;
}

enum { SCATTER_FILTERS = 3, SCATTER_CHANNELS = 4 /* for each of them */ };

/* Few filters, and enough channels to be summed up that putting the results together costs less. */
static bool is_scatter(const Plan *plan, const Step *step)
{
    const Node *node = step->node;
    return !step->lean && plan->options.unroll == UNROLL_AUTO && !plan->options.portable &&
           node->filters <= SCATTER_FILTERS && node->in.c >= SCATTER_CHANNELS * node->filters &&
           node->window.kernel.h * node->window.kernel.w > 1 && node->window.dilation.w == 1;
}

/* The output before it is cut off. */
static Size full_size(const Node *node)
{
    const Axis rows = phase_rows(node), columns = phase_columns(node);
    const int64_t h = (rows.in - 1) * rows.stride + (rows.kernel - 1) * rows.dilation + 1;
    const int64_t w = (columns.in - 1) * columns.stride + columns.kernel;
    return (Size){h > rows.before + rows.out ? h : rows.before + rows.out,
                  w > columns.before + columns.out ? w : columns.before + columns.out};
}

static Form forward_form(const Plan *plan, const Step *step)
{
    const Node *node = step->node;
    const int64_t kernel = node->tensors[0].count;
    const Size full = full_size(node);
    if (is_scatter(plan, step))
        return (Form){.templates = "conv_scatter",
                      .prepared = kernel,
                      .work = full.h * full.w * node->filters + node->in.w * kernel / node->in.c};
    return (Form){.templates = "conv_transpose",
                  .prepared = plan->options.unroll == UNROLL_AUTO ? kernel : 0};
}

/* Forward reads the kernel with its channels swapped. Backward is a convolution of dy, and where
 * the output was cut off, dy gets a border of zeros for it. */
static Form form(const Plan *plan, const Step *step, bool backward)
{
    const Node *node = step->node;
    const Padding p = node->window.padding;
    Form form = {.templates = "conv_transpose"};
    if (!backward)
        return forward_form(plan, step);
    if (is_padded(node))
        form.work =
            (node->out.h + p.top + p.bottom) * (node->out.w + p.left + p.right) * node->filters;
    if (copies_input(plan, step))
        form.work += shape_count(node->in);
    return form;
}

static Value *phase_value(Arena *arena, const Axis *axis, const Phase *phase, int64_t before)
{
    Value *table = value_table(arena);
    value_set_int(arena, table, "first", phase->first);
    value_set_int(arena, table, "count", phase->count);
    value_set_int(arena, table, "input", phase->taps > 0 ? phase->input + before : 0);
    value_set_int(arena, table, "taps", phase->taps);
    value_set_int(arena, table, "tap", phase->tap);
    value_set_int(arena, table, "input_step", phase_input_step(axis));
    value_set_int(arena, table, "tap_step", phase_tap_step(axis));
    return table;
}

/* The phases of the columns have tiles of their own; `place`: where the taps of a phase stand in a
 * prepared row of the kernel. */
static void set_phases(Arena *arena, Value *tiles, const Plan *plan, const Step *step, int lanes)
{
    const Axis rows = phase_rows(step->node), columns = phase_columns(step->node);
    const Padding border = halo(step->node);
    Value *list = value_table(arena);
    for (int64_t q = 0; q < phase_count(&rows); q++) {
        const Phase phase = phase_at(&rows, q);
        value_add(arena, list, phase_value(arena, &rows, &phase, border.top));
    }
    value_set(arena, tiles, "rows", list);
    /* One loop over the filters holds the tiles of all phases. */
    const int64_t filters = step->node->filters, most = phase_at(&columns, 0).count;
    list = value_table(arena);
    int64_t place = 0;
    for (int64_t q = 0; q < phase_count(&columns); q++) {
        const Phase phase = phase_at(&columns, q);
        Value *value = phase_value(arena, &columns, &phase, border.left);
        Value *variants = tile_variants_like(arena, plan, phase.count, most, filters, lanes);
        value_set_int(arena, value, "place", place);
        value_set(arena, value, "variants", variants);
        value_add(arena, list, value);
        if (phase.taps > 0 && !value_get(tiles, "forward"))
            value_set(arena, tiles, "forward", variants);
        place += phase.taps;
    }
    value_set(arena, tiles, "columns", list);
    value_set_int(arena, tiles, "top", border.top);
    value_set_int(arena, tiles, "left", border.left);
}

/* Tiles of pixels by taps and filters. */
static void set_scatter(Arena *arena, Value *tiles, const Plan *plan, const Step *step)
{
    const Node *node = step->node;
    const int64_t taps = node->window.kernel.h * node->window.kernel.w * node->filters;
    const int lanes = tile_lanes(taps);
    const Size full = full_size(node);
    Value *table = value_table(arena);
    value_set_int(arena, table, "lanes", lanes);
    value_set_int(arena, table, "h", full.h);
    value_set_int(arena, table, "w", full.w);
    value_set(arena, table, "variants", tile_variants(arena, plan, node->in.w, taps, lanes));
    value_set(arena, tiles, "scatter", table);
}

static void set_tiles(Arena *arena, Value *tiles, const Plan *plan, const Step *step, int lanes,
                      int dx_lanes)
{
    const Node *node = step->node;
    const int64_t taps = node->window.dilation.w == 1 ? node->window.kernel.w : 1;
    set_phases(arena, tiles, plan, step, lanes);
    if (is_scatter(plan, step))
        set_scatter(arena, tiles, plan, step);
    value_set(arena, tiles, "dw",
              tile_variants(arena, plan, taps * node->filters, node->in.c, dx_lanes));
    value_set(arena, tiles, "dx", tile_variants(arena, plan, node->in.w, node->in.c, dx_lanes));
    value_set_bool(arena, tiles, "copies_input", copies_input(plan, step));
}

static const Recipe recipe = {.templates = "conv_transpose",
                              .keeps_input = true,
                              .linear = true,
                              .takes_activation = true,
                              .takes_norm = true,
                              .takes_halo = true,
                              .halo = halo,
                              .form = form,
                              .tiles = set_tiles};

const LayerKind layer_conv2d_transpose = {.name = "conv2d_transpose",
                                          .prefix = "conv_transpose",
                                          .dims = 2,
                                          .size_rule = SIZE_RULE_TRANSPOSED,
                                          .options = options,
                                          .check = check_transposed,
                                          .recipe = &recipe};
const LayerKind layer_conv1d_transpose = {.name = "conv1d_transpose",
                                          .prefix = "conv_transpose",
                                          .dims = 1,
                                          .size_rule = SIZE_RULE_TRANSPOSED,
                                          .options = options,
                                          .check = check_transposed,
                                          .recipe = &recipe};
