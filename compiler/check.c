/* check.c - the size rule, costs and tensors of a node, and the messages when they do not work out.
 *
 * The formulas are strings: notation.c computes with the very text that a message prints. */
#include "check.h"

#include <string.h>

#define SIZE_RULE "floor((in + pad_before + pad_after - dilation*(kernel - 1) - 1) / stride) + 1"

bool check_fail(Check *check, const Node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(check->arena, format, args);
    va_end(args);
    diag_error(check->diag, node->span, "%s: %s", node->name, text);
    check_input_note(check, node);
    return false;
}

void check_input_note(Check *check, const Node *node)
{
    for (int i = 0; i < node->input_count; i++) {
        const Node *from = &check->graph->nodes[node->inputs[i]];
        const char *what = node->input_count == 1 ? "input"
                           : node->kind->branches == BRANCH_BODY
                               ? (i == 0 ? "the branch" : "the shortcut")
                               : arena_printf(check->arena, "branch %d", i + 1);
        diag_note(check->diag, "%s is %s, %s%s at %s:%d", what, shape_text(check->arena, from->out),
                  from->index == 0 ? "the model's " : "from ", from->name, from->span.source->path,
                  from->span.line);
    }
}

Span check_place(const Node *node, const char *option)
{
    const Value *value = value_get(node->call, option);
    return value ? value->span : node->span;
}

bool check_shape(Check *check, const Node *node, Shape shape, const char *what)
{
    int64_t count;
    if (size_mul(shape.h, shape.w, &count) && size_mul(count, shape.c, &count) &&
        count <= INT32_MAX)
        return true;
    return check_fail(check, node, "the %s %s has more than %d values", what,
                      shape_text(check->arena, shape), INT32_MAX);
}

/* One axis of the window. */
typedef struct {
    const char *side, *unit; /* "height", "row" */
    int64_t in, kernel, stride, dilation;
    int64_t *before, *after, *out;
} Axis;

/* Keras' rule: out = ceil(in / stride), the odd cell of the padding after. */
static bool resolve_same(Axis *axis)
{
    const int64_t out = (axis->in + axis->stride - 1) / axis->stride;
    int64_t reach, total;
    if (!size_mul(axis->dilation, axis->kernel - 1, &reach) ||
        !size_mul(out - 1, axis->stride, &total) || !size_add(total, reach + 1 - axis->in, &total))
        return false;
    if (total < 0)
        total = 0;
    *axis->before = total / 2;
    *axis->after = total - total / 2;
    return true;
}

/* How many rows or columns at the end no window reaches; those in the padding do not count. */
static int64_t dropped(const Axis *axis)
{
    const int64_t reach = axis->dilation * (axis->kernel - 1) + 1;
    const int64_t rest =
        (axis->in + *axis->before + *axis->after - reach) % axis->stride - *axis->after;
    return rest > 0 ? rest : 0;
}

static char *dropped_text(Arena *arena, const Axis *axis)
{
    const int64_t count = dropped(axis);
    return count == 0   ? NULL
           : count == 1 ? arena_printf(arena, "the last %s", axis->unit)
                        : arena_printf(arena, "the last %lld %ss", (long long)count, axis->unit);
}

static void warn_dropped(Check *check, const Node *node, const Axis *rows, const Axis *columns)
{
    const char *a = dropped_text(check->arena, rows), *b = dropped_text(check->arena, columns);
    if (a || b)
        diag_warning(check->diag, node->span, "%s: no window reaches %s%s%s of the %s input",
                     node->name, a ? a : b, a && b ? " and " : "", a && b ? b : "",
                     shape_text(check->arena, node->in));
}

static bool check_axis(Check *check, const Node *node, Axis *axis)
{
    if (node->window.same && !resolve_same(axis))
        return check_fail(check, node, "the window is too large");
    const Variable v[] = {
        {"in", axis->in},         {"pad_before", *axis->before}, {"pad_after", *axis->after},
        {"kernel", axis->kernel}, {"dilation", axis->dilation},  {"stride", axis->stride}};
    if (formula_value(SIZE_RULE, v, 6, axis->out) != FORMULA_OK)
        return check_fail(check, node, "the size rule overflows for the output %s", axis->side);
    if (*axis->out < 1) {
        diag_error(check->diag, node->span, "%s: output %s is %lld", node->name, axis->side,
                   (long long)*axis->out);
        diag_note(check->diag, "out = %s\n    = %s\n    = %lld", SIZE_RULE,
                  formula_numbers(check->arena, SIZE_RULE, v, 6), (long long)*axis->out);
        check_input_note(check, node);
        return false;
    }
    return true;
}

static bool is_same_axis(const Axis *a, const Axis *b)
{
    return a->in == b->in && a->kernel == b->kernel && a->stride == b->stride &&
           a->dilation == b->dilation && *a->before == *b->before && *a->after == *b->after;
}

bool check_window(Check *check, Node *node, Shape *out)
{
    Window *w = &node->window;
    const bool flat = node->kind->dims == 1;
    Axis rows = {"height",      "row",           node->in.h,         w->kernel.h, w->stride.h,
                 w->dilation.h, &w->padding.top, &w->padding.bottom, &out->h};
    Axis columns = {flat ? "length" : "width",
                    flat ? "step" : "column",
                    node->in.w,
                    w->kernel.w,
                    w->stride.w,
                    w->dilation.w,
                    &w->padding.left,
                    &w->padding.right,
                    &out->w};
    const bool ok = check_axis(check, node, &rows);
    if (!ok && is_same_axis(&rows, &columns)) /* one message for a square that fails twice */
        return false;
    if (!check_axis(check, node, &columns) || !ok)
        return false;
    warn_dropped(check, node, &rows, &columns);
    return true;
}

bool check_formula(Check *check, const Node *node, const char *what, const char *text, Formula *out)
{
    const Variable v[] = {{"in.h", node->in.h},
                          {"in.w", node->in.w},
                          {"in.c", node->in.c},
                          {"in", shape_count(node->in)},
                          {"out.h", node->out.h},
                          {"out.w", node->out.w},
                          {"out.c", node->out.c},
                          {"out", shape_count(node->out)},
                          {"kernel.h", node->window.kernel.h},
                          {"kernel.w", node->window.kernel.w},
                          {"filters", node->filters},
                          {"units", node->filters},
                          {"groups", node->groups},
                          {"multiplier", node->multiplier}};
    const int count = (int)(sizeof v / sizeof v[0]);
    if (formula_value(text, v, count, &out->value) != FORMULA_OK)
        return check_fail(check, node, "%s overflows: %s = %s", what, text,
                          formula_numbers(check->arena, text, v, count));
    out->text = text;
    out->numbers = formula_numbers(check->arena, text, v, count);
    return true;
}

bool check_tensor(Check *check, Node *node, const char *name, const int64_t *dims, int rank,
                  int64_t fan_in, int64_t fan_out, Init init)
{
    Tensor *tensor = &node->tensors[node->tensor_count];
    int64_t count = 1;
    for (int i = 0; i < rank; i++)
        if (!size_mul(count, dims[i], &count) || count > INT32_MAX)
            return check_fail(check, node, "the %s has more than %d values", name, INT32_MAX);
    if (init.kind == INIT_FIXED && init.value_count != count) {
        Text shape = {.arena = check->arena};
        for (int i = 0; i < rank; i++)
            text_printf(&shape, "%s%lld", i ? "x" : "", (long long)dims[i]);
        diag_error(check->diag, check_place(node, "init"),
                   "%s: init has %lld values, the %s %s needs %lld", node->name,
                   (long long)init.value_count, name, shape.data, (long long)count);
        check_input_note(check, node);
        return false;
    }
    *tensor = (Tensor){.layer = node->name,
                       .name = name,
                       .rank = rank,
                       .count = count,
                       .fan_in = fan_in,
                       .fan_out = fan_out,
                       .init = init,
                       .trainable = node->trainable};
    memcpy(tensor->dims, dims, (size_t)rank * sizeof *dims);
    node->tensor_count++;
    return true;
}

bool check_constants(Check *check, Node *node, const char *name, int64_t count, double constant)
{
    const Init init = {.kind = INIT_CONSTANT, .constant = constant};
    return check_tensor(check, node, name, &count, 1, 1, count, init);
}

bool check_kernel(Check *check, Node *node, int64_t third, int64_t fourth)
{
    const Size k = node->window.kernel;
    const int64_t dims[] = {k.h, k.w, third, fourth};
    const int flat = node->kind->dims == 1;
    int64_t field, fan_in, fan_out;
    if (!size_mul(k.h, k.w, &field) || !size_mul(field, third, &fan_in) ||
        !size_mul(field, fourth, &fan_out))
        return check_fail(check, node, "the kernel is too large");
    return check_tensor(check, node, "kernel", dims + flat, 4 - flat, fan_in, fan_out,
                        node->init) &&
           (!node->bias || check_constants(check, node, "bias", node->filters, 0));
}

bool check_gamma_beta(Check *check, Node *node)
{
    return (!node->scale || check_constants(check, node, "gamma", node->in.c, 1)) &&
           (!node->center || check_constants(check, node, "beta", node->in.c, 0));
}
