/* tiny.h - the network of tiny.lua, written by cnngen 0.1.
 *
 *   input 4x4x1
 *   layer     kind           output  parameters  multiply-adds
 *   conv1     conv2d relu    4x4x2           20            288
 *   pool1     maxpool2d      2x2x2            0              0
 *   flatten1  flatten        8                0              0
 *   dense1    dense softmax  2               18             16
 *   total                                    38            304
 *
 * Images are channels last. No function allocates, keeps state of its own or calls back; all memory is the caller's. Memory
 * aligned to 64 bytes is faster, none is needed. */
#ifndef TINY_H
#define TINY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef float TINY_REAL;
#define TINY_INPUT_SIZE 16
#define TINY_INPUT_HEIGHT 4
#define TINY_INPUT_WIDTH 4
#define TINY_INPUT_CHANNELS 1
#define TINY_OUTPUT_SIZE 2
#define TINY_OUTPUT_HEIGHT 1
#define TINY_OUTPUT_WIDTH 1
#define TINY_OUTPUT_CHANNELS 2
#define TINY_PARAM_COUNT 38 /* trainable and not, in canonical order */
#define TINY_TRAINABLE_COUNT 0
#define TINY_BATCH 1 /* samples a tape holds */
#define TINY_MACS 304 /* multiply-adds of one forward pass, before any is skipped */
#define TINY_SCRATCH_BYTES 256 /* memory of one predict call */
#define TINY_PARAM_BYTES 152

/* Weights; one array per tensor, typed with its shape. In canonical order.
 * Kernels are (height, width, in, out), of dense layers (in, out). */
typedef struct tiny_params tiny_params;
struct tiny_params {
    struct {
        float kernel[3][3][1][2];
        float bias[2];
    } conv1;
    struct {
        float kernel[8][2];
        float bias[2];
    } dense1;
};

/* Memory of one predict call. Needs no initialisation. */
typedef struct tiny_scratch tiny_scratch;
struct tiny_scratch {
    float arena[64];
};

/* input: INPUT_SIZE values; output: OUTPUT_SIZE values. They must not overlap. */
void tiny_predict(const tiny_params *params, const float *input, float *output,
    tiny_scratch *scratch);

/* flat: PARAM_COUNT values in canonical order: layers in order, kernel then bias. */
void tiny_import(tiny_params *params, const float *flat);
void tiny_export(const tiny_params *params, float *flat);

/* Your compiler checks the sizes again: out = (in + pad_before + pad_after - dilation*(kernel - 1) - 1) / stride + 1. */
#define TINY_CHECK(name, condition) typedef char tiny_check_##name[(condition) ? 1 : -1]
TINY_CHECK(conv1_height, (4 + 1 + 1 - 1*(3 - 1) - 1) / 1 + 1 == 4);
TINY_CHECK(conv1_width, (4 + 1 + 1 - 1*(3 - 1) - 1) / 1 + 1 == 4);
TINY_CHECK(pool1_height, (4 + 0 + 0 - 1*(2 - 1) - 1) / 2 + 1 == 2);
TINY_CHECK(pool1_width, (4 + 0 + 0 - 1*(2 - 1) - 1) / 2 + 1 == 2);
TINY_CHECK(params, sizeof(tiny_params) == TINY_PARAM_BYTES);
TINY_CHECK(scratch, sizeof(tiny_scratch) == TINY_SCRATCH_BYTES);
#undef TINY_CHECK

#ifdef __cplusplus
}
#endif

#endif
