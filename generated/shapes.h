/* shapes.h - the network of shapes.lua, written by cnngen 0.1.
 *
 *   input 28x28x1
 *   layer     kind           output   parameters  multiply-adds
 *   conv1     conv2d relu    28x28x2          20          14112
 *   pool1     maxpool2d      14x14x2           0              0
 *   flatten1  flatten        392               0              0
 *   dense1    dense sigmoid  1               393            392
 *   total                                    413          14504
 *
 * Images are channels last. No function allocates, keeps state of its own or calls back; all memory is the caller's. Memory
 * aligned to 64 bytes is faster, none is needed. */
#ifndef SHAPES_H
#define SHAPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef float SHAPES_REAL;
#define SHAPES_INPUT_SIZE 784
#define SHAPES_INPUT_HEIGHT 28
#define SHAPES_INPUT_WIDTH 28
#define SHAPES_INPUT_CHANNELS 1
#define SHAPES_OUTPUT_SIZE 1
#define SHAPES_OUTPUT_HEIGHT 1
#define SHAPES_OUTPUT_WIDTH 1
#define SHAPES_OUTPUT_CHANNELS 1
#define SHAPES_PARAM_COUNT 413 /* trainable and not, in canonical order */
#define SHAPES_TRAINABLE_COUNT 413
#define SHAPES_BATCH 32 /* samples a tape holds */
#define SHAPES_MACS 14504 /* multiply-adds of one forward pass, before any is skipped */
#define SHAPES_SCRATCH_BYTES 9152 /* memory of one predict call */
#define SHAPES_PARAM_BYTES 1764
#define SHAPES_STACK_BYTES 1024 /* of any call at most on a processor without vectors, by gcc or clang -Os */
#define SHAPES_TAPE_BYTES 236848 /* memory of one training step */
#define SHAPES_OPTIMIZER_BYTES 3408
#define SHAPES_LEARNING_RATE 0.005f /* of the spec, for update and train_step */

/* Weights; one array per tensor, typed with its shape. What training changes comes first.
 * Kernels are (height, width, in, out), of dense layers (in, out). */
typedef struct shapes_params shapes_params;
struct shapes_params {
    struct {
        float kernel[3][3][1][2];
        float bias[2];
    } conv1;
    struct {
        float pad_kernel[12]; /* aligns the next one; zero */
        float kernel[392][1];
        float bias[1];
    } dense1;
    float slack[16]; /* vector loads may read it, nothing uses it */
};

/* Memory of one predict call. Needs no initialisation. */
typedef struct shapes_scratch shapes_scratch;
struct shapes_scratch {
    float arena[2288];
};

/* What forward keeps for backward, for a batch, and the gradients of a train_step. Needs no initialisation, except that `seed` decides
 * what dropout drops (if there is dropout); forward adds one to it. */
typedef struct shapes_tape shapes_tape;
struct shapes_tape {
    uint64_t seed;
    float arena[58768];
    float grads[441];
    float pad[1]; /* the same size everywhere, however a uint64_t is aligned */
};

/* State of adam: start it with zeros. */
typedef struct shapes_optimizer shapes_optimizer;
struct shapes_optimizer {
    uint64_t step;
    float moment1[425];
    float moment2[425];
};

/* Fills params with the initialisers of the spec. The same seed gives the same numbers on every machine. */
void shapes_init(shapes_params *params, uint64_t seed);

/* input: INPUT_SIZE values; output: OUTPUT_SIZE values. They must not overlap. */
void shapes_predict(const shapes_params *params, const float *input, float *output,
    shapes_scratch *scratch);

/* Training mode, 1 <= count <= BATCH samples one after another. Returns the outputs, count x OUTPUT_SIZE, inside the tape. */
const float *shapes_forward(const shapes_params *params, const float *inputs, int count,
    shapes_tape *tape);

/* After forward with the same params, inputs and count. targets: count x OUTPUT_SIZE. Returns the mean loss (binary_cross_entropy);
 * grads becomes the gradient of the mean loss, zero where nothing is trained. */
float shapes_backward(const shapes_params *params, const float *inputs, const float *targets, int count,
    shapes_tape *tape, shapes_params *grads);

/* One step of adam down the gradient. */
void shapes_update(shapes_params *params, const shapes_params *grads, shapes_optimizer *state,
    float lr);

/* forward, backward and update in one; the gradients stay in the tape. Returns the mean loss before the update. */
float shapes_train_step(shapes_params *params, const float *inputs, const float *targets, int count,
    shapes_tape *tape, shapes_optimizer *state, float lr);

/* flat: PARAM_COUNT values in canonical order: layers in order, kernel then bias. */
void shapes_import(shapes_params *params, const float *flat);
void shapes_export(const shapes_params *params, float *flat);

/* Your compiler checks the sizes again: out = (in + pad_before + pad_after - dilation*(kernel - 1) - 1) / stride + 1. */
#define SHAPES_CHECK(name, condition) typedef char shapes_check_##name[(condition) ? 1 : -1]
SHAPES_CHECK(conv1_height, (28 + 1 + 1 - 1*(3 - 1) - 1) / 1 + 1 == 28);
SHAPES_CHECK(conv1_width, (28 + 1 + 1 - 1*(3 - 1) - 1) / 1 + 1 == 28);
SHAPES_CHECK(pool1_height, (28 + 0 + 0 - 1*(2 - 1) - 1) / 2 + 1 == 14);
SHAPES_CHECK(pool1_width, (28 + 0 + 0 - 1*(2 - 1) - 1) / 2 + 1 == 14);
SHAPES_CHECK(params, sizeof(shapes_params) == SHAPES_PARAM_BYTES);
SHAPES_CHECK(scratch, sizeof(shapes_scratch) == SHAPES_SCRATCH_BYTES);
SHAPES_CHECK(tape, sizeof(shapes_tape) == SHAPES_TAPE_BYTES);
SHAPES_CHECK(optimizer, sizeof(shapes_optimizer) == SHAPES_OPTIMIZER_BYTES);
#undef SHAPES_CHECK

#ifdef __cplusplus
}
#endif

#endif
