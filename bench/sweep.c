/* sweep.c - convolutions of many shapes against a slow and obvious reference in double.
 *
 * usage: sweep check | sweep time. `check` prints a TAP line a shape: predict, forward and all
 * gradients of both networks of the shape. All memory has its exact size and starts as NaN.
 *
 * The bound. A float sum of n products, in any order, fused or not, is off by at most about
 * n*U*size, where U = 2^-24 and size = the sum of the magnitudes; roundings being as good as
 * random, sqrt(n)*U*size is hardly ever passed by a factor of 2. Allowed are (2*sqrt(n) +
 * 6)*U*size: the 6 pays for the few roundings of a product that come before or after its sum (loss,
 * mean). Gradients are compared with those of the outputs that forward gave, so that no error is
 * counted twice and relu has the same kinks. With a pool those outputs are not to be seen: there
 * all values are small multiples of 1/512, sums are exact, and so are maxima and kinks. */
#include "sweep.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double U = 1.0 / 16777216;

typedef struct {
    double value, size, terms;
} Sum;

static uint64_t seed;

/* -1..1 in 2*`parts` + 1 steps. */
static float random_value(int parts)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (float)((int)((seed >> 33) % (2 * (uint64_t)parts + 1)) - parts) / (float)parts;
}

static void *memory(size_t bytes)
{
    void *p = malloc(bytes > 0 ? bytes : 1);
    if (!p)
        exit(3);
    memset(p, 0xff, bytes);
    return p;
}

static Sum *sums(size_t count)
{
    Sum *s = calloc(count > 0 ? count : 1, sizeof *s);
    if (!s)
        exit(3);
    return s;
}

static void add(Sum *sum, double value, double size, double terms)
{
    sum->value += value;
    sum->size += size;
    sum->terms += terms;
}

/* ---- The reference: one walk over all multiply-adds of a convolution. ---- */

enum { Y, X, W };

/* Adds to out, indexed as `target`, the product of the other two at every multiply-add. */
static void convolve(const Shape *s, int target, Sum *out, const double *const v[3])
{
    const int ic = s->ic / s->groups, oc = s->oc / s->groups;
    const int p = target == Y ? X : Y, q = target == W ? X : W;
    for (int i = 0; i < s->yh; i++)
        for (int j = 0; j < s->yw; j++)
            for (int ki = 0; ki < s->kh; ki++)
                for (int kj = 0; kj < s->kw; kj++) {
                    const int row = i * s->sh + ki * s->dh - s->top;
                    const int column = j * s->sw + kj * s->dw - s->left;
                    if (row < 0 || row >= s->h || column < 0 || column >= s->w)
                        continue;
                    for (int o = 0; o < s->oc; o++)
                        for (int c = 0; c < ic; c++) {
                            const int at[3] = {(i * s->yw + j) * s->oc + o,
                                               (row * s->w + column) * s->ic + o / oc * ic + c,
                                               ((ki * s->kw + kj) * ic + c) * s->oc + o};
                            const double product = v[p][at[p]] * v[q][at[q]];
                            add(&out[at[target]], product, fabs(product), 1);
                        }
                }
}

static size_t image(const Shape *s)
{
    return (size_t)s->h * (size_t)s->w * (size_t)s->ic;
}

static size_t kernel(const Shape *s)
{
    return (size_t)s->kh * (size_t)s->kw * (size_t)(s->ic / s->groups) * (size_t)s->oc;
}

static size_t convolved(const Shape *s)
{
    return (size_t)s->yh * (size_t)s->yw * (size_t)s->oc;
}

/* The place in the convolution's output of pixel k of the window behind output (i, j, o). */
static size_t pooled_at(const Shape *s, int i, int j, int o, int k)
{
    const int row = 2 * i + k / 2, column = 2 * j + k % 2;
    return (size_t)((row * s->yw + column) * s->oc + o);
}

/* The pool over y; `taken` says which pixel a maximum came from, the first of equals. */
static void pool(const Shape *s, const Sum *y, Sum *out, int *taken)
{
    size_t n = 0;
    for (int i = 0; i < s->yh / 2; i++)
        for (int j = 0; j < s->yw / 2; j++)
            for (int o = 0; o < s->oc; o++, n++) {
                out[n] = (Sum){0};
                for (int k = 0; k < 4; k++) {
                    const Sum *from = &y[pooled_at(s, i, j, o, k)];
                    if (s->pool == POOL_MEAN) {
                        add(&out[n], from->value / 4, from->size / 4, from->terms);
                    } else if (k == 0 || from->value > out[n].value) {
                        out[n] = *from;
                        taken[n] = k;
                    }
                }
            }
}

/* dy of the convolution from that of the pool. */
static void pool_gradient(const Shape *s, const double *from, const int *taken, double *dy)
{
    size_t n = 0;
    for (int i = 0; i < s->yh / 2; i++)
        for (int j = 0; j < s->yw / 2; j++)
            for (int o = 0; o < s->oc; o++, n++)
                for (int k = 0; k < 4; k++)
                    if (s->pool == POOL_MEAN)
                        dy[pooled_at(s, i, j, o, k)] = from[n] / 4;
                    else if (taken[n] == k)
                        dy[pooled_at(s, i, j, o, k)] = from[n];
}

/* ---- One shape: its numbers, and what should come of them. ---- */

typedef struct {
    const Shape *s;
    size_t outputs;       /* behind the pool */
    float *input;         /* of `above` with BELOW_SCALE, before scale and shift */
    float *scale, *shift; /* per channel */
    float *x, *w, *b, *t; /* of the convolution; targets */
    double *vx, *vw, *vy; /* the same in double; vy: outputs, later dy */
    Sum *y, *outs, *dw, *db, *dx;
    int *taken;
    char problem[200];
    double worst; /* largest error, as a share of what is allowed */
} Check;

static void fill(float *out, size_t count, int parts)
{
    for (size_t i = 0; i < count; i++)
        out[i] = random_value(parts);
}

static double *doubles(const float *from, size_t count)
{
    double *out = memory(count * sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i] = (double)from[i];
    return out;
}

static void draw(Check *c)
{
    const Shape *s = c->s;
    const int parts = s->pool ? 16 : 4096;
    const size_t channels = (size_t)s->ic, filters = (size_t)s->oc;
    c->outputs = s->pool ? (size_t)(s->yh / 2) * (size_t)(s->yw / 2) * filters : convolved(s);
    fill(c->input = memory(image(s) * sizeof(float)), image(s), parts);
    fill(c->scale = memory(channels * sizeof(float)), channels, 1);
    fill(c->shift = memory(channels * sizeof(float)), channels, parts);
    fill(c->w = memory(kernel(s) * sizeof(float)), kernel(s), parts);
    fill(c->b = memory(filters * sizeof(float)), filters, parts);
    fill(c->t = memory(c->outputs * sizeof(float)), c->outputs, parts);
    c->x = memory(image(s) * sizeof(float));
    for (size_t i = 0; i < channels; i++)
        c->scale[i] = c->scale[i] < 0 ? -0.5f : 0.5f;
    for (size_t i = 0; i < image(s); i++) /* exact */
        c->x[i] = c->input[i] * c->scale[i % channels] + c->shift[i % channels];
    c->vx = doubles(c->x, image(s));
    c->vw = doubles(c->w, kernel(s));
}

/* y and outs: the convolution with bias and relu, and what is behind the pool. */
static void reference_forward(Check *c)
{
    const Shape *s = c->s;
    const double *const v[3] = {NULL, c->vx, c->vw};
    c->y = sums(convolved(s));
    c->outs = sums(c->outputs);
    c->taken = memory(c->outputs * sizeof *c->taken);
    convolve(s, Y, c->y, v);
    for (size_t i = 0; i < convolved(s); i++) {
        const double b = (double)c->b[i % (size_t)s->oc];
        add(&c->y[i], b, fabs(b), 1);
        c->y[i].value = fmax(c->y[i].value, 0);
    }
    if (s->pool)
        pool(s, c->y, c->outs, c->taken);
    else
        memcpy(c->outs, c->y, c->outputs * sizeof *c->outs);
}

/* dw, db and dx from the outputs that the network gave. */
static void reference_backward(Check *c, const float *outputs)
{
    const Shape *s = c->s;
    double *from = memory(c->outputs * sizeof *from), *dy = calloc(convolved(s), sizeof *dy);
    const double *const v[3] = {dy, c->vx, c->vw};
    if (!dy)
        exit(3);
    for (size_t i = 0; i < c->outputs; i++) /* of the mean squared error */
        from[i] = 2 * ((double)outputs[i] - (double)c->t[i]) / (double)c->outputs;
    if (s->pool)
        pool_gradient(s, from, c->taken, dy);
    else
        memcpy(dy, from, convolved(s) * sizeof *dy);
    for (size_t i = 0; i < convolved(s); i++)
        if (!((s->pool ? c->y[i].value : (double)outputs[i]) > 0))
            dy[i] = 0;
    c->dw = sums(kernel(s));
    c->db = sums((size_t)s->oc);
    c->dx = sums(image(s));
    convolve(s, W, c->dw, v);
    convolve(s, X, c->dx, v);
    for (size_t i = 0; i < convolved(s); i++)
        add(&c->db[i % (size_t)s->oc], dy[i], fabs(dy[i]), 1);
    free(from);
    free(dy);
}

/* ---- Comparing. ---- */

static void compare(Check *c, const char *what, const float *got, const Sum *expected, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Sum *e = &expected[i];
        const double allowed = (2 * sqrt(e->terms) + 6) * U * e->size;
        const double error = fabs((double)got[i] - e->value);
        if (error > 0 && allowed > 0)
            c->worst = fmax(c->worst, error / allowed);
        if (!(error <= allowed) && !c->problem[0])
            snprintf(c->problem, sizeof c->problem, "%s[%zu] is %.9g, not %.9g (+- %.2g)", what, i,
                     (double)got[i], e->value, allowed);
    }
}

/* Gradients of scale and shift, or of the kernel and bias of the dense layer, then those of the
 * convolution. */
static void compare_gradients(Check *c, const Network *n, const float *grads)
{
    const Shape *s = c->s;
    const size_t channels = (size_t)s->ic;
    if (n == c->s->above && s->below == BELOW_DENSE) {
        compare(c, "dx", grads + image(s), c->dx, image(s));
        grads += 2 * image(s);
    } else if (n == c->s->above) {
        Sum *scale = sums(channels), *shift = sums(channels);
        for (size_t i = 0; i < image(s); i++) {
            const Sum *dx = &c->dx[i];
            const double x = (double)c->input[i];
            add(&scale[i % channels], x * dx->value, fabs(x) * dx->size, dx->terms);
            add(&shift[i % channels], dx->value, dx->size, dx->terms);
        }
        compare(c, "dx by channel, times x,", grads, scale, channels);
        compare(c, "dx by channel", grads + channels, shift, channels);
        grads += 2 * channels;
        free(scale);
        free(shift);
    }
    compare(c, "dw", grads, c->dw, kernel(s));
    compare(c, "db", grads + kernel(s), c->db, (size_t)s->oc);
}

/* The input of the network, its parameters already imported. */
static float *prepare(const Check *c, const Network *n, void *params)
{
    const Shape *s = c->s;
    const int dense = n == s->above && s->below == BELOW_DENSE;
    float *flat = memory(n->params * sizeof *flat), *at = flat;
    float *input = memory(n->input * sizeof *input);
    if (dense) {
        for (size_t i = 0; i < image(s); i++)
            *at++ = 0;
        memcpy(at, c->x, image(s) * sizeof *at);
        at += image(s);
        input[0] = 0.5f;
    } else if (n == s->above) {
        memcpy(at, c->scale, (size_t)s->ic * sizeof *at);
        memcpy(at + s->ic, c->shift, (size_t)s->ic * sizeof *at);
        at += 2 * s->ic;
        memcpy(input, c->input, image(s) * sizeof *input);
    } else {
        memcpy(input, c->x, image(s) * sizeof *input);
    }
    memcpy(at, c->w, kernel(s) * sizeof *at);
    memcpy(at + kernel(s), c->b, (size_t)s->oc * sizeof *at);
    n->import(params, flat);
    free(flat);
    return input;
}

static void check_network(Check *c, const Network *n)
{
    void *params = memory(n->params_bytes), *grads = memory(n->params_bytes);
    void *scratch = memory(n->scratch_bytes), *tape = memory(n->tape_bytes);
    float *y = memory(n->output * sizeof *y), *flat = memory(n->params * sizeof *flat);
    float *input = prepare(c, n, params);
    n->predict(params, input, y, scratch);
    compare(c, "predict", y, c->outs, c->outputs);
    const float *outputs = n->forward(params, input, tape);
    compare(c, "forward", outputs, c->outs, c->outputs);
    reference_backward(c, outputs);
    n->backward(params, input, c->t, tape, grads);
    n->export(grads, flat);
    compare_gradients(c, n, flat);
    void *mine[] = {params, grads, scratch, tape, y, flat, input, c->dw, c->db, c->dx};
    for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
        free(mine[i]);
}

static double check_shape(const Shape *s)
{
    Check c = {.s = s};
    draw(&c);
    reference_forward(&c);
    check_network(&c, s->alone);
    if (!c.problem[0])
        check_network(&c, s->above);
    printf("%sok - %s\n", c.problem[0] ? "not " : "", s->name);
    if (c.problem[0])
        printf("# %s\n", c.problem);
    fflush(stdout);
    void *mine[] = {c.input, c.scale, c.shift, c.x,  c.w,    c.b,    c.t,
                    c.vx,    c.vw,    c.y,     c.vy, c.outs, c.taken};
    for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
        free(mine[i]);
    return c.worst;
}

int main(int argc, char **argv)
{
    double worst = 0;
    if (argc == 2 && !strcmp(argv[1], "time")) {
        sweep_time();
        return 0;
    }
    for (int i = 0; i < shape_count; i++) {
        seed = (uint64_t)i;
        worst = fmax(worst, check_shape(&shapes[i]));
    }
    printf("# %d shapes, largest error %.0f %% of what is allowed\n", shape_count, 100 * worst);
    return 0;
}
