/* Phases of a transposed convolution against the rule of its output, tap by tap. */
#include "phase.h"

#include "test.h"

static Axis axis_of(int64_t kernel, int64_t stride, int64_t dilation, int64_t before, int64_t extra)
{
    Axis axis = {"height", 5, kernel, stride, dilation, before, 1, extra, 0};
    axis.out = 4 * stride - before - 1 + dilation * (kernel - 1) + extra + 1;
    return axis;
}

/* The input that tap k of output o reads, in *input; false when none does. */
static bool reads(const Axis *axis, int64_t o, int64_t k, int64_t *input)
{
    const int64_t place = o + axis->before - k * axis->dilation;
    *input = (place - (place % axis->stride + axis->stride) % axis->stride) / axis->stride;
    return *input * axis->stride == place;
}

static void check_axis(const Axis *axis)
{
    int64_t before = 0, after = 0, outputs = 0, pairs = 0, most_before, most_after, input;
    for (int64_t q = 0; q < phase_count(axis); q++) {
        const Phase phase = phase_at(axis, q);
        CHECK(phase.first == q && phase.count >= 1);
        outputs += phase.count;
        for (int64_t n = 0; n < phase.count; n++)
            for (int64_t u = 0; u < phase.taps; u++, pairs++) {
                const int64_t k = phase.tap - u * phase_tap_step(axis);
                CHECK(k >= 0 && k < axis->kernel);
                CHECK(reads(axis, q + n * axis->stride, k, &input));
                CHECK(input == phase.input + n + u * phase_input_step(axis));
                before = -input > before ? -input : before;
                after = input - 4 > after ? input - 4 : after;
            }
    }
    CHECK(outputs == axis->out);
    int64_t expected = 0;
    for (int64_t o = 0; o < axis->out; o++)
        for (int64_t k = 0; k < axis->kernel; k++)
            expected += reads(axis, o, k, &input);
    CHECK(pairs == expected && phase_is_reached(axis) == (expected > 0));
    phase_reach(axis, &most_before, &most_after);
    CHECK(most_before == before && most_after == after);
}

TEST(every_tap_is_read_once)
{
    for (int64_t kernel = 1; kernel <= 6; kernel++)
        for (int64_t stride = 1; stride <= 6; stride++)
            for (int64_t dilation = 1; dilation <= 4; dilation++)
                for (int64_t before = 0; before <= 7; before++)
                    for (int64_t extra = 0; extra <= 2; extra++) {
                        const Axis axis = axis_of(kernel, stride, dilation, before, extra);
                        if (axis.out >= 1)
                            check_axis(&axis);
                    }
}

TEST(nothing_is_reached)
{
    const Axis axis = {"width", 1, 1, 3, 1, 1, 0, 2, 2};
    CHECK(!phase_is_reached(&axis));
    check_axis(&axis);
}

int main(void)
{
    RUN(every_tap_is_read_once);
    RUN(nothing_is_reached);
    return test_end();
}
