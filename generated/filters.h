/* filters.h - the network of filters.lua, written by cnngen 0.1.
 *
 *   input 28x28x1
 *   layer  kind    output   parameters  multiply-adds
 *   conv1  conv2d  28x28x5          45          35280
 *   total                           45          35280
 *
 * Images are channels last. No function allocates, keeps state of its own or calls back; all memory is the caller's. Memory
 * aligned to 64 bytes is faster, none is needed. */
#ifndef FILTERS_H
#define FILTERS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef float FILTERS_REAL;
#define FILTERS_INPUT_SIZE 784
#define FILTERS_INPUT_HEIGHT 28
#define FILTERS_INPUT_WIDTH 28
#define FILTERS_INPUT_CHANNELS 1
#define FILTERS_OUTPUT_SIZE 3920
#define FILTERS_OUTPUT_HEIGHT 28
#define FILTERS_OUTPUT_WIDTH 28
#define FILTERS_OUTPUT_CHANNELS 5
#define FILTERS_PARAM_COUNT 45 /* trainable and not, in canonical order */
#define FILTERS_TRAINABLE_COUNT 0
#define FILTERS_BATCH 1 /* samples a tape holds */
#define FILTERS_MACS 35280 /* multiply-adds of one forward pass, before any is skipped */
#define FILTERS_SCRATCH_BYTES 3600 /* memory of one predict call */
#define FILTERS_PARAM_BYTES 180
#define FILTERS_STACK_BYTES 1120 /* of any call at most on a processor without vectors, by gcc or clang -Os */

/* Weights; one array per tensor, typed with its shape. In canonical order.
 * Kernels are (height, width, in, out), of dense layers (in, out). */
typedef struct filters_params filters_params;
struct filters_params {
    struct {
        float kernel[3][3][1][5]; /* frozen */
    } conv1;
};

/* Memory of one predict call. Needs no initialisation. */
typedef struct filters_scratch filters_scratch;
struct filters_scratch {
    float arena[900];
};

/* input: INPUT_SIZE values; output: OUTPUT_SIZE values. They must not overlap. */
void filters_predict(const filters_params *params, const float *input, float *output,
    filters_scratch *scratch);

/* flat: PARAM_COUNT values in canonical order: layers in order, kernel then bias. */
void filters_import(filters_params *params, const float *flat);
void filters_export(const filters_params *params, float *flat);

/* Your compiler checks the sizes again: out = (in + pad_before + pad_after - dilation*(kernel - 1) - 1) / stride + 1. */
#define FILTERS_CHECK(name, condition) typedef char filters_check_##name[(condition) ? 1 : -1]
FILTERS_CHECK(conv1_height, (28 + 1 + 1 - 1*(3 - 1) - 1) / 1 + 1 == 28);
FILTERS_CHECK(conv1_width, (28 + 1 + 1 - 1*(3 - 1) - 1) / 1 + 1 == 28);
FILTERS_CHECK(params, sizeof(filters_params) == FILTERS_PARAM_BYTES);
FILTERS_CHECK(scratch, sizeof(filters_scratch) == FILTERS_SCRATCH_BYTES);
#undef FILTERS_CHECK

#ifdef __cplusplus
}
#endif

#endif
