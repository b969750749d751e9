/* program.c - runs a generated network on a target and tells what it computed, bit by bit.
 *
 * Inputs and targets come from a generator of integers and are exact in float; parameters come from NAME_init (INIT=0: there is none,
 * with --inference; they come from the generator, too). Lines of output:
 *     section NAME COUNT HASH      and with VALUES, the bits of its values in hexadecimal digits, one line for up to 16
 * HASH is FNV-1a over the bytes of all values, lowest first, on any machine. All memory starts as NaN bytes.
 * -DNETWORK=name -DUPPER=NAME -DHEADER='"name.h"' -DINIT=0|1 -DSTEPS=n -DVALUES=0|1 choose; -DSELFTEST adds the program of --selftest,
 * whose lines follow. It takes nothing from a libc but string.h. */
#include HEADER
#include "program.h"

#include <string.h>

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define THE(name) JOIN(NETWORK, name)
#define SIZE(name) JOIN(UPPER, name)
#define TRAINS (SIZE(TRAINABLE_COUNT) > 0)

typedef SIZE(REAL) real;

enum { SAMPLES = SIZE(BATCH), INPUTS = SAMPLES * SIZE(INPUT_SIZE), OUTPUTS = SAMPLES * SIZE(OUTPUT_SIZE), DIGITS = 2 * (int)sizeof(real) };

static real inputs[INPUTS], outputs[OUTPUTS], flat[SIZE(PARAM_COUNT) + 1];
static THE(params) params;
static THE(scratch) scratch;
#if TRAINS
static real targets[OUTPUTS], losses[STEPS];
static THE(params) grads;
static THE(tape) tape;
static THE(optimizer) state;
#endif
static char line[200];

static char *append(char *to, const char *text)
{
    while (*text)
        *to++ = *text++;
    return to;
}

static char *append_hex(char *to, uint64_t bits, int digits)
{
    for (int i = digits - 1; i >= 0; i--)
        *to++ = "0123456789abcdef"[(bits >> (4 * i)) & 15];
    return to;
}

static uint64_t bits_of(real x)
{
    uint64_t wide;
    uint32_t narrow;
    if (sizeof x == sizeof wide) {
        memcpy(&wide, &x, sizeof x);
        return wide;
    }
    memcpy(&narrow, &x, sizeof x);
    return narrow;
}

static void put_values(const real *values, size_t count)
{
    const size_t row = 64 / DIGITS;
    for (size_t at = 0; at < count; at += row) {
        char *to = line;
        for (size_t i = at; i < count && i < at + row; i++)
            to = append_hex(to, bits_of(values[i]), DIGITS);
        *to = 0;
        put_line(line);
    }
}

static void section(const char *name, const real *values, size_t count)
{
    uint32_t hash = UINT32_C(2166136261);
    char digits[11], *to = append(append(line, "section "), name), *digit = digits + 10;
    for (size_t i = 0; i < count; i++) {
        const uint64_t bits = bits_of(values[i]);
        for (unsigned byte = 0; byte < sizeof(real); byte++)
            hash = (hash ^ (uint32_t)(bits >> (8 * byte) & 255)) * UINT32_C(16777619);
    }
    *digit = 0;
    size_t rest = count;
    do
        *--digit = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    to = append(append(append(to, " "), digit), " ");
    *append_hex(to, hash, 8) = 0;
    put_line(line);
    if (VALUES)
        put_values(values, count);
}

/* Steps of 2^-12 in -1..1. */
static uint32_t seed = 12345;

static real random_value(void)
{
    seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return (real)((int32_t)(seed >> 19) - 4096) / (real)4096;
}

static void predict(const char *name)
{
    for (int n = 0; n < SAMPLES; n++) {
        memset(&scratch, 0xff, sizeof scratch);
        THE(predict)(&params, inputs + (size_t)n * SIZE(INPUT_SIZE), outputs + (size_t)n * SIZE(OUTPUT_SIZE), &scratch);
    }
    section(name, outputs, OUTPUTS);
}

#if TRAINS
/* One-hot targets, or values between 0 and 1. */
static void make_targets(void)
{
    for (int i = 0; i < OUTPUTS; i++) {
        const real x = random_value();
        const int n = i / SIZE(OUTPUT_SIZE);
        targets[i] = SIZE(OUTPUT_SIZE) > 1 ? (real)(i % SIZE(OUTPUT_SIZE) == n % SIZE(OUTPUT_SIZE)) : (x < 0 ? -x : x);
    }
}

static void train(void)
{
    const uint64_t start = 5;
    real loss;
    make_targets();
    memset(&tape, 0xff, sizeof tape);
    memset(&grads, 0xff, sizeof grads);
    tape.seed = start;
    section("forward", THE(forward)(&params, inputs, SAMPLES, &tape), OUTPUTS);
    loss = THE(backward)(&params, inputs, targets, SAMPLES, &tape, &grads);
    section("loss", &loss, 1);
    THE(export)(&grads, flat);
    section("gradients", flat, SIZE(PARAM_COUNT));
    memset(&tape, 0xff, sizeof tape);
    tape.seed = start;
    for (int step = 0; step < STEPS; step++)
        losses[step] = THE(train_step)(&params, inputs, targets, SAMPLES, &tape, &state, SIZE(LEARNING_RATE));
    section("losses", losses, STEPS);
    THE(export)(&params, flat);
    section("weights", flat, SIZE(PARAM_COUNT));
    predict("trained");
}
#endif

#ifdef SELFTEST
int selftest(void);
void put(char c);

void put(char c)
{
    static size_t length;
    if (c != '\n' && length + 1 < sizeof line) {
        line[length++] = c;
        return;
    }
    line[length] = 0;
    length = 0;
    put_line(line);
}
#endif

int program(void)
{
    int status = 0;
    memset(&params, 0xff, sizeof params);
#if INIT
    THE(init)(&params, 7);
    THE(export)(&params, flat);
#else
    for (int i = 0; i < SIZE(PARAM_COUNT); i++)
        flat[i] = random_value() / 8;
    THE(import)(&params, flat);
    THE(export)(&params, flat);
#endif
    section("init", flat, SIZE(PARAM_COUNT));
    memset(&params, 0xff, sizeof params);
    THE(import)(&params, flat);
    for (int i = 0; i < INPUTS; i++)
        inputs[i] = random_value();
    predict("outputs");
#if TRAINS
    train();
#endif
#ifdef SELFTEST
    status = selftest();
#endif
    put_line("end");
    return status;
}
