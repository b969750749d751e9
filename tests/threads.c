/* threads.c - trains one generated network a little and writes down every bit it computes;
 * tests/threads.lua compares the files.
 *
 * Compiled with -DNETWORK=name -DUPPER=NAME -DHEADER="name.h" [-DDROPOUT] beside the network. For
 * every count of samples that a batch can have: the outputs, the loss and the gradient; then some
 * steps of training with batches of changing size, and the parameters. Memory has its exact size
 * and starts as NaN bytes. All is written as doubles, so that builds of both kinds of numbers
 * compare. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include HEADER

#define PASTE2(a, b) a##b
#define PASTE(a, b)  PASTE2(a, b)
#define OF(name)     PASTE(NETWORK, name)
#define SIZE(name)   PASTE(UPPER, name)

enum {
    INPUT = SIZE(_INPUT_SIZE),
    OUTPUT = SIZE(_OUTPUT_SIZE),
    PARAMS = SIZE(_PARAM_COUNT),
    BATCH = SIZE(_BATCH),
    STEPS = 5
};
typedef SIZE(_REAL) real;

typedef struct {
    OF(_params) * params, *grads;
    OF(_tape) * tape;
    OF(_optimizer) * state;
    real *flat, *inputs, *targets;
} Run;

/* -1..1, exact in float. */
static double random_value(void)
{
    static uint64_t seed = 99;
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)((int)(seed >> 51) - 4096) / 4096.0;
}

static void *memory(size_t bytes)
{
    void *p = malloc(bytes);
    if (!p) {
        exit(3);
    }
    return memset(p, 0xff, bytes);
}

static void write_reals(FILE *out, const real *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double x = (double)values[i];
        fwrite(&x, sizeof x, 1, out);
    }
}

static void make_data(Run *r)
{
    r->params = memory(sizeof *r->params);
    r->grads = memory(sizeof *r->grads);
    r->tape = memory(sizeof *r->tape);
    r->state = memory(sizeof *r->state);
    r->flat = memory(PARAMS * sizeof(real));
    r->inputs = memory((size_t)BATCH * INPUT * sizeof(real));
    r->targets = memory((size_t)BATCH * OUTPUT * sizeof(real));
    for (size_t i = 0; i < PARAMS; i++) {
        r->flat[i] = (real)(random_value() * 0.25);
    }
    for (size_t i = 0; i < (size_t)BATCH * INPUT; i++) {
        r->inputs[i] = (real)random_value();
    }
    for (size_t i = 0; i < (size_t)BATCH * OUTPUT; i++) {
        r->targets[i] = i % OUTPUT == i / OUTPUT % OUTPUT ? 1 : 0;
    }
    OF(_import)(r->params, r->flat);
    memset(r->state, 0, sizeof *r->state);
}

/* Only dropout needs to know where it starts. */
static void reset_tape(const Run *r)
{
    memset(r->tape, 0xff, sizeof *r->tape);
#ifdef DROPOUT
    r->tape->seed = 5;
#endif
}

static void write_gradient(const Run *r, int count, FILE *out)
{
    reset_tape(r);
    memset(r->grads, 0xff, sizeof *r->grads);
    write_reals(out, OF(_forward)(r->params, r->inputs, count, r->tape), (size_t)count * OUTPUT);
    const real loss = OF(_backward)(r->params, r->inputs, r->targets, count, r->tape, r->grads);
    write_reals(out, &loss, 1);
    OF(_export)(r->grads, r->flat);
    write_reals(out, r->flat, PARAMS);
}

/* Whole batches, and the shorter one that an epoch ends with. */
static void write_steps(const Run *r, FILE *out)
{
    reset_tape(r);
    for (int step = 0; step < STEPS; step++) {
        const real loss =
            OF(_train_step)(r->params, r->inputs, r->targets, step % 2 ? 1 + step % BATCH : BATCH,
                            r->tape, r->state, SIZE(_LEARNING_RATE));
        write_reals(out, &loss, 1);
    }
    OF(_update)(r->params, r->grads, r->state, SIZE(_LEARNING_RATE));
    OF(_export)(r->params, r->flat);
    write_reals(out, r->flat, PARAMS);
}

/* usage: threads FILE */
int main(int argc, char **argv)
{
    Run r;
    FILE *out = argc > 1 ? fopen(argv[1], "wb") : NULL;
    if (!out) {
        return 3;
    }
    make_data(&r);
    for (int count = 1; count <= BATCH; count++) {
        write_gradient(&r, count, out);
    }
    write_steps(&r, out);
    void *const all[] = {r.params, r.grads, r.tape, r.state, r.flat, r.inputs, r.targets};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        free(all[i]);
    }
    return fclose(out) != 0;
}
