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
#define SHAPES_TRAINABLE_COUNT 0
#define SHAPES_BATCH 32 /* samples a tape holds */
#define SHAPES_MACS 14504 /* multiply-adds of one forward pass, before any is skipped */
#define SHAPES_SCRATCH_BYTES 1568 /* memory of one predict call */
#define SHAPES_PARAM_BYTES 1652

/* Weights; one array per tensor, typed with its shape. What training changes comes first.
 * Kernels are (height, width, in, out), of dense layers (in, out). */
typedef struct shapes_params shapes_params;
struct shapes_params {
    struct {
        float kernel[3][3][1][2];
        float bias[2];
    } conv1;
    struct {
        float kernel[392][1];
        float bias[1];
    } dense1;
};

/* Memory of one predict call. Needs no initialisation. */
typedef struct shapes_scratch shapes_scratch;
struct shapes_scratch {
    float arena[392];
};

/* input: INPUT_SIZE values; output: OUTPUT_SIZE values. They must not overlap. */
void shapes_predict(const shapes_params *params, const float *input, float *output,
    shapes_scratch *scratch);

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
#undef SHAPES_CHECK

#ifdef __cplusplus
}
#endif

#endif
