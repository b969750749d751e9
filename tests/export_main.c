/* export_main.c - what a generated network computes, for tests/export.py: parameters in canonical
 * order, inputs and targets of a batch come in, outputs of predict, the loss and the parameters
 * after each of two training steps go out; all doubles. Compiled with -DHEADER="\"NAME.h\""
 * -DNAME=name -DUPPER=NAME. */
#include HEADER

#include <stdio.h>

#define JOIN(a, b)  a##b
#define PASTE(a, b) JOIN(a, b)
#define F(name)     PASTE(NAME, _##name)
#define C(name)     PASTE(UPPER, _##name)

enum { PARAMS = C(PARAM_COUNT), BATCH = C(BATCH), INPUT = C(INPUT_SIZE), OUTPUT = C(OUTPUT_SIZE) };

typedef C(REAL) Real;

static Real flat[PARAMS + 1], inputs[BATCH * INPUT], targets[BATCH * OUTPUT], output[OUTPUT];
static F(params) params;
static F(scratch) scratch;

static int get(Real *to, size_t count)
{
    return fread(to, sizeof *to, count, stdin) == count;
}

static void put(const Real *from, size_t count)
{
    fwrite(from, sizeof *from, count, stdout);
}

#if C(TRAINABLE_COUNT) > 0
static F(tape) tape;
static F(optimizer) state;

static void train(void)
{
    for (int step = 0; step < 2; step++) {
        const Real loss =
            F(train_step)(&params, inputs, targets, BATCH, &tape, &state, C(LEARNING_RATE));
        F(export)(&params, flat);
        put(&loss, 1);
        put(flat, PARAMS);
    }
}
#else
static void train(void)
{
}
#endif

int main(void)
{
    if (!get(flat, PARAMS) || !get(inputs, BATCH * INPUT) || !get(targets, BATCH * OUTPUT))
        return 1;
    F(import)(&params, flat);
    for (int i = 0; i < BATCH; i++) {
        F(predict)(&params, inputs + i * INPUT, output, &scratch);
        put(output, OUTPUT);
    }
    train();
    return fflush(stdout) == 0 ? 0 : 1;
}
