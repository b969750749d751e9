/* phase.c - see phase.h. */
#include "phase.h"

#include "layer.h"

Axis phase_rows(const Node *node)
{
    const Window *w = &node->window;
    return (Axis){"height",      node->in.h,     w->kernel.h,       w->stride.h,
                  w->dilation.h, w->padding.top, w->padding.bottom, node->output_padding.h,
                  node->out.h};
}

Axis phase_columns(const Node *node)
{
    const Window *w = &node->window;
    return (Axis){node->kind->dims == 1 ? "length" : "width",
                  node->in.w,
                  w->kernel.w,
                  w->stride.w,
                  w->dilation.w,
                  w->padding.left,
                  w->padding.right,
                  node->output_padding.w,
                  node->out.w};
}

static int64_t gcd(int64_t a, int64_t b)
{
    return b == 0 ? a : gcd(b, a % b);
}

int64_t phase_input_step(const Axis *axis)
{
    return axis->dilation / gcd(axis->stride, axis->dilation);
}

int64_t phase_tap_step(const Axis *axis)
{
    return axis->stride / gcd(axis->stride, axis->dilation);
}

int64_t phase_count(const Axis *axis)
{
    return axis->stride < axis->out ? axis->stride : axis->out;
}

/* i*stride + k*dilation = output + before: the taps k of one remainder are tap_step apart. */
Phase phase_at(const Axis *axis, int64_t first)
{
    const int64_t s = axis->stride, place = first + axis->before;
    Phase phase = {.first = first, .count = (axis->out - first + s - 1) / s};
    int64_t lowest = 0;
    while (lowest < axis->kernel && lowest < s && lowest * axis->dilation % s != place % s)
        lowest++;
    if (lowest == axis->kernel || lowest == s)
        return phase;
    phase.taps = (axis->kernel - 1 - lowest) / phase_tap_step(axis) + 1;
    phase.tap = lowest + (phase.taps - 1) * phase_tap_step(axis);
    phase.input = (place - phase.tap * axis->dilation) / s; /* leaves no remainder */
    return phase;
}

bool phase_is_reached(const Axis *axis)
{
    for (int64_t q = 0; q < phase_count(axis); q++)
        if (phase_at(axis, q).taps > 0)
            return true;
    return false;
}

void phase_reach(const Axis *axis, int64_t *before, int64_t *after)
{
    *before = *after = 0;
    for (int64_t q = 0; q < phase_count(axis); q++) {
        const Phase p = phase_at(axis, q);
        const int64_t last = p.input + (p.taps - 1) * phase_input_step(axis) + p.count - 1;
        if (p.taps > 0 && -p.input > *before)
            *before = -p.input;
        if (p.taps > 0 && last - (axis->in - 1) > *after)
            *after = last - (axis->in - 1);
    }
}
