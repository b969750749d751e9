/* sweep_time.c - how near every convolution of the sweep comes to the machine's multiply-add peak.
 *
 * Timed is the layer alone: forward (bias and relu in it, and the pool, where there is one);
 * backward of the network `alone`, which needs dw and db only; and backward of `above`, which needs
 * dx, too. Both contain the gradient of relu. dx is their difference. Shapes take turns in
 * ROUNDS rounds, each time after a measurement of the peak; what counts is the median of the shares
 * of that peak. Multiply-adds are nominal: those on padding count, those on unused lanes do not.
 * `lanes` is the share of the peak that full use of the chosen vectors would give: 17 channels in
 * two vectors of 16 lanes reach 53 %, 4 channels what vectors of 4 floats reach on this machine. */
#include "sweep.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 9, PASSES = 4, WORST = 10, PEAK_LOOPS = 10000 };
enum { FORWARD, DW, BACKWARD, DX };
static const char *const pass_name[PASSES] = {"forward", "dW", "backward", "dX"};
static const double LEAST = 4e-4; /* seconds of one measurement */

typedef struct {
    const Shape *shape;
    double share[PASSES][ROUNDS], median[PASSES], lanes[PASSES], micros[PASSES];
    long calls[PASSES];
} Timed;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif

/* Multiply-adds a second of vectors of some floats: twelve chains that need not wait for each
 * other. The assembly keeps the compiler from computing them beforehand. */
#define PEAK(name, count)                                                                          \
    typedef float name##_vector __attribute__((vector_size(4 * (count))));                         \
    static double name(void)                                                                       \
    {                                                                                              \
        name##_vector m = (name##_vector){0} + 0.999f, c = (name##_vector){0} + 0.001f, z = c;     \
        name##_vector a0 = z, a1 = z, a2 = z, a3 = z, a4 = z, a5 = z;                              \
        name##_vector a6 = z, a7 = z, a8 = z, a9 = z, aa = z, ab = z;                              \
        const double start = now();                                                                \
        __asm__ volatile("" : "+v"(m), "+v"(c), "+v"(a0), "+v"(a1), "+v"(a2), "+v"(a3), "+v"(a4)); \
        __asm__ volatile(""                                                                        \
                         : "+v"(a5), "+v"(a6), "+v"(a7), "+v"(a8), "+v"(a9), "+v"(aa), "+v"(ab));  \
        for (int i = 0; i < PEAK_LOOPS; i++) {                                                     \
            a0 = a0 * m + c, a1 = a1 * m + c, a2 = a2 * m + c, a3 = a3 * m + c;                    \
            a4 = a4 * m + c, a5 = a5 * m + c, a6 = a6 * m + c, a7 = a7 * m + c;                    \
            a8 = a8 * m + c, a9 = a9 * m + c, aa = aa * m + c, ab = ab * m + c;                    \
        }                                                                                          \
        a0 += a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + aa + ab;                                \
        __asm__ volatile("" : : "v"(a0));                                                          \
        return 12.0 * (count)*PEAK_LOOPS / (now() - start);                                        \
    }

PEAK(peak, LANES)
PEAK(peak8, LANES < 8 ? LANES : 8)
PEAK(peak4, 4)

/* ---- Memory: one set for all shapes, and numbers to start from. ---- */

enum { OWN_MOST = 20 }; /* Winograd's form spreads each value over 16 */

static Set set;
static float *numbers;
static size_t room;

static float *floats(size_t count)
{
    float *p = aligned_alloc(64, count * sizeof *p);
    if (!p)
        exit(3);
    memset(p, 0, count * sizeof *p);
    return p;
}

/* At least the padding of both sides. */
static int border(int kernel, int dilation)
{
    return 2 * kernel * dilation + 6;
}

static size_t largest(void)
{
    size_t most = 0;
    for (int i = 0; i < shape_count; i++) {
        const Shape *s = &shapes[i];
        const size_t x = (size_t)(s->h + border(s->kh, s->dh)) *
                         (size_t)(s->w + border(s->kw, s->dw)) * (size_t)s->ic;
        const size_t y = (size_t)s->yh * (size_t)s->yw * (size_t)s->oc;
        const size_t w = (size_t)(s->kh * s->kw * s->ic) * (size_t)s->oc;
        most = x > most ? x : most;
        most = y > most ? y : most;
        most = w > most ? w : most;
    }
    return (most + 4096) / 16 * 16;
}

static void open_set(void)
{
    float **const all[] = {&set.x,  &set.w,  &set.b,  &set.y,    &set.dy,
                           &set.dx, &set.dw, &set.db, &numbers};
    float **const own[] = {&set.prepared, &set.sums, &set.work};
    uint32_t state = 1;
    room = largest();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        *all[i] = floats(room);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        *own[i] = floats(OWN_MOST * room);
    set.argmax = (unsigned char *)floats(room);
    for (size_t i = 0; i < room; i++) {
        state = state * 1664525 + 1013904223;
        numbers[i] = (float)(int)((state >> 16) % 2001) / 1000.0f - 1;
    }
}

/* y comes from the forward pass before it, dy is masked by backward: both start anew. */
static void refill(void)
{
    float *const start[] = {set.x, set.w, set.b, set.y, set.dy};
    for (size_t i = 0; i < sizeof start / sizeof *start; i++)
        memcpy(start[i], numbers, room * sizeof(float));
    memset(set.dw, 0, room * sizeof(float));
    memset(set.db, 0, room * sizeof(float));
}

/* ---- Measuring. ---- */

/* The peak of vectors of 4, 8 and 16 floats, as a share of the widest: two narrow ones may take the
 * time of one wide one. */
static double width_share[3];

static double seconds(void (*layer)(const Set *), long *calls)
{
    layer(&set);
    for (;;) {
        const double start = now();
        for (long i = 0; i < *calls; i++)
            layer(&set);
        const double taken = now() - start;
        if (taken >= LEAST / 2 || *calls > 1L << 24)
            return taken / (double)*calls;
        *calls *= 2;
    }
}

/* A fused pool leaves out the last row or column where none of its windows reaches. */
static double forward_macs(const Shape *s)
{
    return s->pool ? s->macs / (s->yh * s->yw) * (s->yh / 2 * 2) * (s->yw / 2 * 2) : s->macs;
}

static void measure(Timed *t, int round)
{
    const Shape *s = t->shape;
    void (*const layer[])(const Set *) = {s->alone->layer_forward, s->alone->layer_backward,
                                          s->above->layer_backward};
    double taken[PASSES];
    refill();
    const double full = peak();
    for (int pass = 0; pass < DX; pass++)
        taken[pass] = seconds(layer[pass], &t->calls[pass]);
    taken[DX] = taken[BACKWARD] - taken[DW];
    for (int pass = 0; pass < PASSES; pass++) {
        const double macs = pass == BACKWARD  ? 2 * s->macs
                            : pass == FORWARD ? forward_macs(s)
                                              : s->macs;
        t->share[pass][round] = taken[pass] > 0 ? 100 * macs / taken[pass] / full : 100;
        t->micros[pass] = taken[pass] * 1e6;
    }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(double *values, int count, int quarter)
{
    qsort(values, (size_t)count, sizeof *values, ascending);
    return count ? values[(count - 1) * quarter / 4] : 0;
}

/* The share of the peak that vectors of at most 4, 8 or 16 floats reach, the last one partly used.
 */
static double lanes_of(int channels)
{
    const int wide = channels <= 4   ? 4
                     : channels <= 8 ? 8
                                     : 16,
              lanes = wide < LANES ? wide : LANES;
    const int vectors = (channels + lanes - 1) / lanes;
    return 100.0 * channels / (vectors * lanes) * width_share[wide / 8];
}

static void measure_widths(void)
{
    double eight[ROUNDS], four[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        const double full = peak();
        eight[i] = peak8() / full;
        four[i] = peak4() / full;
    }
    width_share[0] = quantile(four, ROUNDS, 2);
    width_share[1] = quantile(eight, ROUNDS, 2);
    width_share[2] = 1;
    printf("vectors of 4 floats reach %.0f %% of the peak, of 8 %.0f %%\n", 100 * width_share[0],
           100 * width_share[1]);
}

static void finish(Timed *t)
{
    const Shape *s = t->shape;
    for (int pass = 0; pass < PASSES; pass++)
        t->median[pass] = quantile(t->share[pass], ROUNDS, 2);
    const double out = lanes_of(s->oc / s->groups), in = lanes_of(s->ic / s->groups);
    t->lanes[FORWARD] = t->lanes[DW] = out;
    t->lanes[DX] = in;
    t->lanes[BACKWARD] = 2 / (1 / out + 1 / in);
}

/* ---- Tables. ---- */

static void print_shapes(const Timed *all)
{
    printf("\n%-38s %-9s %9s | %7s %5s %9s | %5s %5s %5s | %5s\n", "shape", "class", "MACs",
           "forward", "lanes", "us", "dW", "dX", "both", "lanes");
    for (int i = 0; i < shape_count; i++) {
        const Timed *t = &all[i];
        printf("%-38s %-9s %9.0f | %7.1f %5.0f %9.2f | %5.1f %5.1f %5.1f | %5.0f\n", t->shape->name,
               t->shape->class, t->shape->macs, t->median[FORWARD], t->lanes[FORWARD],
               t->micros[FORWARD], t->median[DW], t->median[DX], t->median[BACKWARD],
               t->lanes[BACKWARD]);
    }
}

/* Medians and quartiles of the shapes of a class (all of them: NULL), in % of peak and of lanes. */
static void print_class(const Timed *all, const char *class)
{
    double *values = malloc((size_t)shape_count * 2 * sizeof *values), *used = values + shape_count;
    int count = 0;
    if (!values)
        exit(3);
    printf("%-10s", class ? class : "all");
    for (int pass = 0; pass < PASSES; pass++) {
        count = 0;
        for (int i = 0; i < shape_count; i++)
            if (!class || !strcmp(all[i].shape->class, class)) {
                values[count] = all[i].median[pass];
                used[count++] = 100 * all[i].median[pass] / all[i].lanes[pass];
            }
        const double low = quantile(values, count, 1), middle = quantile(values, count, 2);
        printf(" | %4.1f %4.1f %4.1f (%3.0f)", low, middle, quantile(values, count, 3),
               quantile(used, count, 2));
    }
    printf(" | %d\n", count);
    free(values);
}

static void print_classes(const Timed *all)
{
    static const char *const classes[] = {"few (<8)", "8..15",   ">=16",   "1x1",
                                          "strided",  "dilated", "grouped"};
    printf(
        "\n%% of peak: lower quartile, median, upper quartile (median in %% of the lanes)\n%-10s",
        "class");
    for (int pass = 0; pass < PASSES; pass++)
        printf(" | %-20s", pass_name[pass]);
    printf(" | shapes\n");
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        print_class(all, classes[i]);
    print_class(all, NULL);
}

static int sorted_pass;

static int slower(const void *a, const void *b)
{
    const Timed *const *x = a, *const *y = b;
    return ascending(&(*x)->median[sorted_pass], &(*y)->median[sorted_pass]);
}

static void print_worst(const Timed *all, int pass)
{
    const Timed **order = malloc((size_t)shape_count * sizeof *order);
    if (!order)
        exit(3);
    for (int i = 0; i < shape_count; i++)
        order[i] = &all[i];
    sorted_pass = pass;
    qsort(order, (size_t)shape_count, sizeof *order, slower);
    printf("\n%s: the slowest\n", pass_name[pass]);
    for (int i = 0; i < WORST && i < shape_count; i++)
        printf("  %-38s %-9s %5.1f %% of peak, lanes %3.0f %%\n", order[i]->shape->name,
               order[i]->shape->class, order[i]->median[pass], order[i]->lanes[pass]);
    free(order);
}

void sweep_time(void)
{
    Timed *all = calloc((size_t)shape_count, sizeof *all);
    if (!all)
        exit(3);
    open_set();
    for (int i = 0; i < shape_count; i++) {
        all[i].shape = &shapes[i];
        for (int pass = 0; pass < PASSES; pass++)
            all[i].calls[pass] = 1;
    }
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < shape_count; i++)
            measure(&all[i], round);
    measure_widths();
    for (int i = 0; i < shape_count; i++)
        finish(&all[i]);
    print_shapes(all);
    print_classes(all);
    print_worst(all, FORWARD);
    print_worst(all, BACKWARD);
    free(all);
}
