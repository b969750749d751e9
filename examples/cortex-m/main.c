/* Learns exclusive or on the device; the exit status says whether it did. */
#include "net.h"
#include "semihosting.h"

static logic_params params;
static logic_tape tape;
static logic_optimizer state;
static logic_scratch scratch;

static void print_thousandths(float x)
{
    char text[] = "0.000\n";
    int value = (int)(x * 1000.0f + 0.5f);
    for (int i = 4; i != 0; i--)
        if (i != 1) {
            text[i] = (char)('0' + value % 10);
            value /= 10;
        }
    text[0] = (char)('0' + value % 10);
    semihosting_print(text);
}

int main(void)
{
    static const float inputs[] = {0, 0, 0, 1, 1, 0, 1, 1}, targets[] = {0, 1, 1, 0};
    int right = 0;
    logic_init(&params, 1);
    for (int step = 0; step < 500; step++)
        logic_train_step(&params, inputs, targets, 4, &tape, &state, LOGIC_LEARNING_RATE);
    for (int i = 0; i < 4; i++) {
        float output;
        logic_predict(&params, inputs + 2 * i, &output, &scratch);
        print_thousandths(output);
        right += (output > 0.5f) == (targets[i] > 0.5f);
    }
    return right == 4 ? 0 : 1;
}
