/* Learns exclusive or. */
#include <stdio.h>

#include "net.h"

static logic_params params;
static logic_tape tape;
static logic_optimizer state; /* starts with zeros */
static logic_scratch scratch;

int main(void)
{
    static const float inputs[] = {0, 0, 0, 1, 1, 0, 1, 1}, targets[] = {0, 1, 1, 0};
    float loss = 0;
    int right = 0;
    logic_init(&params, 1);
    for (int step = 0; step < 500; step++)
        loss = logic_train_step(&params, inputs, targets, 4, &tape, &state, LOGIC_LEARNING_RATE);
    printf("loss %.5f\n", (double)loss);
    for (int i = 0; i < 4; i++) {
        float output;
        logic_predict(&params, inputs + 2 * i, &output, &scratch);
        printf("%.0f xor %.0f = %.3f\n", (double)inputs[2 * i], (double)inputs[2 * i + 1], (double)output);
        right += (output > 0.5f) == (targets[i] > 0.5f);
    }
    return right == 4 ? 0 : 1;
}
