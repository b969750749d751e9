/* numeric.c - runs many generated networks and writes down what they compute; tests/numeric.lua
 * judges it.
 *
 * Parameters, inputs and targets come from a generator of its own and are exact in float, so that
 * float and double builds see the same numbers. All memory has its exact size and starts as NaN
 * bytes: nothing may be read before it is written, nothing beyond its end. The gradient check by
 * central differences is here, since it needs thousands of forward passes; it runs in the double
 * build.
 *
 * The table `models` and REAL come from the file that the harness writes: #include "models.h".
 * -DDIRECTIONS=N checks the gradient along N random directions, 0 not at all, instead of parameter
 * by parameter;
 * -DSEED=N changes all numbers. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name;
    size_t input, output, params, batch, params_bytes, scratch_bytes, tape_bytes, optimizer_bytes;
    int dropout;
    const unsigned char *trainable; /* by parameter, in canonical order: TRAINED, POSITIVE or 0 */
    void (*import)(void *params, const void *flat);
    void (*export)(const void *params, void *flat);
    void (*predict)(const void *params, const void *input, void *output, void *scratch);
    const void *(*forward)(const void *params, const void *inputs, int count, void *tape);
    double (*backward)(const void *params, const void *inputs, const void *targets, int count,
                       void *tape, void *grads);
    void (*update)(void *params, const void *grads, void *state, double lr);
    double (*train_step)(void *params, const void *inputs, const void *targets, int count,
                         void *tape, void *state, double lr);
    double lr;
} Model;

#include "models.h"

enum { CHECKED_MOST = 250, STEPS = 3, TRAINED = 1, POSITIVE = 2 };

#ifndef SEED
#define SEED 12345
#endif
#ifndef DIRECTIONS
#define DIRECTIONS (-1) /* parameter by parameter */
#endif

static uint64_t seed;

/* -1..1 in steps of 2^-12: exact in float, sums of products nearly so. */
static double random_value(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)((int)(seed >> 51) - 4096) / 4096.0;
}

static void *memory(size_t bytes)
{
    void *p = malloc(bytes > 0 ? bytes : 1);
    if (!p)
        exit(3);
    memset(p, 0xff, bytes);
    return p;
}

static void write_reals(FILE *out, const REAL *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double x = (double)values[i];
        fwrite(&x, sizeof x, 1, out);
    }
}

typedef struct {
    const Model *m;
    REAL *flat, *inputs, *targets, *grads_flat;
    void *params, *grads, *tape;
} Run;

static void reset_tape(Run *r)
{
    const uint64_t start = 5;
    memset(r->tape, 0xff, r->m->tape_bytes);
    if (r->m->dropout)
        memcpy(r->tape, &start, sizeof start);
}

static double loss_and_gradient(Run *r, int count)
{
    reset_tape(r);
    r->m->forward(r->params, r->inputs, count, r->tape);
    return r->m->backward(r->params, r->inputs, r->targets, count, r->tape, r->grads);
}

static void make_data(Run *r)
{
    const Model *m = r->m;
    for (size_t i = 0; i < m->params;
         i++) /* small in large networks, or every probability is 0 or 1 */
        r->flat[i] = (REAL)(random_value() * (m->params > 400 ? 0.25 : 0.75));
    for (size_t i = 0; i < m->params; i++)
        if (m->trainable[i] == POSITIVE)
            r->flat[i] = (REAL)(0.25 + fabs((double)r->flat[i]));
    for (size_t i = 0; i < m->batch * m->input; i++)
        r->inputs[i] = (REAL)random_value();
    for (size_t n = 0; n < m->batch; n++) /* one-hot, or values between 0 and 1 */
        for (size_t i = 0; i < m->output; i++)
            r->targets[n * m->output + i] =
                (REAL)(m->output > 1 && n % 2 == 0 ? i == n % m->output : fabs(random_value()));
    m->import(r->params, r->flat);
}

/* The difference quotient nearest to g: three widths, since a kink (relu, max) may lie inside a
 * wide one. */
static double difference(Run *r, size_t i, double g, int count)
{
    double best = 0, error = -1;
    for (int k = 0; k < 3; k++) {
        const double h = k == 0 ? 1e-4 : k == 1 ? 1e-5 : 1e-6;
        const REAL x = r->flat[i];
        r->flat[i] = (REAL)((double)x + h);
        r->m->import(r->params, r->flat);
        const double up = loss_and_gradient(r, count);
        r->flat[i] = (REAL)((double)x - h);
        r->m->import(r->params, r->flat);
        const double down = loss_and_gradient(r, count);
        r->flat[i] = x;
        const double d =
            (up - down) / ((double)(REAL)((double)x + h) - (double)(REAL)((double)x - h));
        if (error < 0 || fabs(d - g) < error) {
            error = fabs(d - g);
            best = d;
        }
    }
    r->m->import(r->params, r->flat);
    return best;
}

/* Prints "gradient NAME CHECKED WORST": relative to the larger of both and of a hundredth of the
 * largest gradient. */
static void check_gradient(Run *r, int count)
{
    const Model *m = r->m;
    REAL *g = memory(m->params * sizeof *g);
    double largest = 0, worst = 0;
    size_t checked = 0, step = m->params > CHECKED_MOST ? m->params / CHECKED_MOST + 1 : 1;
    loss_and_gradient(r, count);
    m->export(r->grads, g);
    for (size_t i = 0; i < m->params; i++)
        if (m->trainable[i] == TRAINED)
            largest = fmax(largest, fabs((double)g[i]));
    for (size_t i = 0; i < m->params; i += step) {
        if (m->trainable[i] != TRAINED)
            continue;
        const double a = (double)g[i], d = difference(r, i, a, count);
        const double scale = fmax(fmax(fabs(a), fabs(d)), fmax(0.01 * largest, 1e-6));
        worst = fmax(worst, fabs(a - d) / scale);
        checked++;
        if (!(fabs(a - d) / scale < 1e-6))
            printf("# %s parameter %zu: gradient %.12g, difference %.12g\n", m->name, i, a, d);
    }
    printf("gradient %s %zu %.3g\n", m->name, checked, worst);
    free(g);
}

/* The loss when all trained parameters go a distance along a direction. */
static double loss_along(Run *r, const REAL *direction, double distance, int count)
{
    const Model *m = r->m;
    REAL *moved = memory(m->params * sizeof *moved);
    for (size_t i = 0; i < m->params; i++)
        moved[i] = (REAL)((double)r->flat[i] + distance * (double)direction[i]);
    m->import(r->params, moved);
    free(moved);
    return loss_and_gradient(r, count);
}

/* As check_gradient, along whole directions: every parameter for the price of one. */
static void check_directions(Run *r, int count)
{
    const Model *m = r->m;
    REAL *g = memory(m->params * sizeof *g), *direction = memory(m->params * sizeof *g);
    double worst = 0;
    loss_and_gradient(r, count);
    m->export(r->grads, g);
    for (int k = 0; k < DIRECTIONS; k++) {
        double slope = 0, squares = 0, best = -1, found = 0;
        for (size_t i = 0; i < m->params; i++) {
            direction[i] = (REAL)(m->trainable[i] == TRAINED ? random_value() : 0);
            slope += (double)g[i] * (double)direction[i];
            squares += (double)(g[i] * direction[i]) * (double)(g[i] * direction[i]);
        }
        for (double h = 1e-3; h > 1e-8; h /= 10) {
            const double d =
                (loss_along(r, direction, h, count) - loss_along(r, direction, -h, count)) /
                (2 * h);
            const double scale = fmax(fmax(fabs(slope), fabs(d)), fmax(0.1 * sqrt(squares), 1e-4));
            const double error = fabs(d - slope) / scale;
            if (best < 0 || error < best) {
                best = error;
                found = d;
            }
            if (best < 1e-7)
                break;
        }
        worst = fmax(worst, best);
        if (!(best < 1e-5))
            printf("# %s parameter 0: gradient %.12g, difference %.12g along direction %d\n",
                   m->name, slope, found, k);
    }
    m->import(r->params, r->flat);
    printf("gradient %s %d %.3g\n", m->name, DIRECTIONS, worst);
    free(g);
    free(direction);
}

/* Three steps: train_step must do exactly what forward, backward and update do. */
static void write_steps(Run *r, FILE *out)
{
    const Model *m = r->m;
    void *other = memory(m->params_bytes), *state = memory(m->optimizer_bytes),
         *state2 = memory(m->optimizer_bytes);
    REAL *a = memory(m->params * sizeof *a), *b = memory(m->params * sizeof *b);
    memset(state, 0, m->optimizer_bytes);
    memset(state2, 0, m->optimizer_bytes);
    m->import(other, r->flat);
    for (int step = 0; step < STEPS; step++) {
        const double loss = loss_and_gradient(r, (int)m->batch);
        m->export(r->grads, r->grads_flat);
        write_reals(out, r->grads_flat, m->params);
        m->update(r->params, r->grads, state, m->lr);
        reset_tape(r);
        const double loss2 =
            m->train_step(other, r->inputs, r->targets, (int)m->batch, r->tape, state2, m->lr);
        m->export(r->params, a);
        m->export(other, b);
        write_reals(out, a, m->params);
        double far = fabs(loss - loss2);
        for (size_t i = 0; i < m->params; i++)
            far = fmax(far, fabs((double)a[i] - (double)b[i]));
        if (!(far < 1e-5))
            printf("# %s: train_step and update differ by %g\nnot equal %s\n", m->name, far,
                   m->name);
    }
    m->import(r->params, r->flat);
    free(other);
    free(state);
    free(state2);
    free(a);
    free(b);
}

static void run_predict(const Run *r, FILE *out)
{
    const Model *m = r->m;
    REAL *x = memory(m->input * sizeof *x), *y = memory(m->output * sizeof *y);
    for (size_t n = 0; n < m->batch; n++) {
        void *scratch = memory(m->scratch_bytes);
        memcpy(x, r->inputs + n * m->input, m->input * sizeof *x);
        m->predict(r->params, x, y, scratch);
        write_reals(out, y, m->output);
        free(scratch);
    }
    free(x);
    free(y);
}

/* forward's outputs, the loss and the gradient, for the whole batch and for a shorter one. */
static void write_training(Run *r, FILE *out)
{
    const Model *m = r->m;
    const size_t counts[] = {m->batch, m->batch > 1 ? m->batch - 1 : 1};
    for (int k = 0; k < 2; k++) {
        reset_tape(r);
        write_reals(out, r->m->forward(r->params, r->inputs, (int)counts[k], r->tape),
                    counts[k] * m->output);
        memset(r->grads, 0xff, m->params_bytes);
        const REAL loss =
            (REAL)m->backward(r->params, r->inputs, r->targets, (int)counts[k], r->tape, r->grads);
        write_reals(out, &loss, 1);
        m->export(r->grads, r->grads_flat);
        write_reals(out, r->grads_flat, m->params);
    }
}

static void run_model(const Model *m, FILE *out)
{
    Run r = {.m = m};
    r.flat = memory(m->params * sizeof *r.flat);
    r.grads_flat = memory(m->params * sizeof *r.flat);
    r.inputs = memory(m->batch * m->input * sizeof *r.inputs);
    r.targets = memory(m->batch * m->output * sizeof *r.targets);
    r.params = memory(m->params_bytes);
    r.grads = memory(m->params_bytes);
    r.tape = memory(m->tape_bytes);
    seed = SEED;
    make_data(&r);
    write_reals(out, r.flat, m->params);
    write_reals(out, r.inputs, m->batch * m->input);
    write_reals(out, r.targets, m->batch * m->output);
    run_predict(&r, out);
    if (m->forward) {
        write_training(&r, out);
        write_steps(&r, out);
        if (sizeof(REAL) == 8 && DIRECTIONS > 0)
            check_directions(&r, (int)m->batch);
        else if (sizeof(REAL) == 8 && DIRECTIONS < 0)
            check_gradient(&r, (int)m->batch);
    }
    free(r.flat);
    free(r.grads_flat);
    free(r.inputs);
    free(r.targets);
    free(r.params);
    free(r.grads);
    free(r.tape);
}

/* usage: numeric FILE; writes FILE, one model after another. */
int main(int argc, char **argv)
{
    FILE *out = argc > 1 ? fopen(argv[1], "wb") : NULL;
    if (!out)
        return 3;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        printf("model %s %zu %zu %zu %zu %d at %ld\n", models[i].name, models[i].input,
               models[i].output, models[i].params, models[i].batch, models[i].forward != NULL,
               ftell(out));
        fflush(stdout);
        run_model(&models[i], out);
    }
    return fclose(out) != 0;
}
