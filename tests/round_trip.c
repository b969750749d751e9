/* round_trip.c - a generated network goes on training, for tests/round_trip.lua: parameters in
 * canonical order, STEPS batches with their targets and a batch to predict come in; the parameters
 * afterwards and the outputs of that batch go out. Floats. Compiled with -DHEADER="\"NAME.h\""
 * -DNAME=name -DUPPER=NAME -DSTEPS=n. */
#include HEADER

#include <stdio.h>

#define JOIN(a, b)  a##b
#define PASTE(a, b) JOIN(a, b)
#define F(name)     PASTE(NAME, _##name)
#define C(name)     PASTE(UPPER, _##name)

enum { BATCH = C(BATCH), INPUT = C(INPUT_SIZE), OUTPUT = C(OUTPUT_SIZE) };

static float flat[C(PARAM_COUNT)], inputs[BATCH * INPUT], targets[BATCH * OUTPUT], output[OUTPUT];
static F(params) params;
static F(scratch) scratch;
static F(tape) tape;
static F(optimizer) state;

static int get(float *to, size_t count)
{
    return fread(to, sizeof *to, count, stdin) == count;
}

int main(void)
{
    if (!get(flat, C(PARAM_COUNT)))
        return 1;
    F(import)(&params, flat);
    for (int step = 0; step < STEPS; step++) {
        if (!get(inputs, BATCH * INPUT) || !get(targets, BATCH * OUTPUT))
            return 1;
        F(train_step)(&params, inputs, targets, BATCH, &tape, &state, C(LEARNING_RATE));
    }
    F(export)(&params, flat);
    fwrite(flat, sizeof *flat, C(PARAM_COUNT), stdout);
    if (!get(inputs, BATCH * INPUT))
        return 1;
    for (int i = 0; i < BATCH; i++) {
        F(predict)(&params, inputs + i * INPUT, output, &scratch);
        fwrite(output, sizeof *output, OUTPUT, stdout);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
