/* filters.c - the network of filters.lua, written by cnngen 0.1. Free of any claim by cnngen's authors.
 *
 *   input 28x28x1
 *   layer  kind    output   parameters  multiply-adds
 *   conv1  conv2d  28x28x5          45          35280
 *   total                           45          35280
 *
 * Predict needs 3600 bytes of scratch (buffers alive at once: 3600).
 */
#include "filters.h"

#include <float.h>
#include <string.h>

typedef FILTERS_REAL real;

/* conv1_pad: 28x28x1 -> 28x28x1. */
static void filters_conv1_pad_forward(const real *restrict x, real *restrict y)
{
    memset(y, 0, 31 * sizeof(real));
    for (int i = 0; i < 27; i++) {
        memset(y + i*30 + 59, 0, 2 * sizeof(real));
    }
    memset(y + 869, 0, 31 * sizeof(real));
    for (int i = 0; i < 28; i++) {
        memcpy(y + i*30 + 31, x + i*28, 28 * sizeof(real));
    }
}

/* 2 channels x 6 pixels: the sum, in registers. */
static inline void filters_conv1_2x6(const real *restrict x, const real *restrict w,
    real *restrict y)
{
    real a0_0 = 0;
    real a0_1 = 0;
    real a1_0 = 0;
    real a1_1 = 0;
    real a2_0 = 0;
    real a2_1 = 0;
    real a3_0 = 0;
    real a3_1 = 0;
    real a4_0 = 0;
    real a4_1 = 0;
    real a5_0 = 0;
    real a5_1 = 0;
    {
        const real k0 = w[0];
        const real k1 = w[1];
        a0_0 += x[0] * k0; a0_1 += x[0] * k1;
        a1_0 += x[1] * k0; a1_1 += x[1] * k1;
        a2_0 += x[2] * k0; a2_1 += x[2] * k1;
        a3_0 += x[3] * k0; a3_1 += x[3] * k1;
        a4_0 += x[4] * k0; a4_1 += x[4] * k1;
        a5_0 += x[5] * k0; a5_1 += x[5] * k1;
    }
    {
        const real k0 = w[5];
        const real k1 = w[6];
        a0_0 += x[1] * k0; a0_1 += x[1] * k1;
        a1_0 += x[2] * k0; a1_1 += x[2] * k1;
        a2_0 += x[3] * k0; a2_1 += x[3] * k1;
        a3_0 += x[4] * k0; a3_1 += x[4] * k1;
        a4_0 += x[5] * k0; a4_1 += x[5] * k1;
        a5_0 += x[6] * k0; a5_1 += x[6] * k1;
    }
    {
        const real k0 = w[10];
        const real k1 = w[11];
        a0_0 += x[2] * k0; a0_1 += x[2] * k1;
        a1_0 += x[3] * k0; a1_1 += x[3] * k1;
        a2_0 += x[4] * k0; a2_1 += x[4] * k1;
        a3_0 += x[5] * k0; a3_1 += x[5] * k1;
        a4_0 += x[6] * k0; a4_1 += x[6] * k1;
        a5_0 += x[7] * k0; a5_1 += x[7] * k1;
    }
    {
        const real k0 = w[15];
        const real k1 = w[16];
        a0_0 += x[30] * k0; a0_1 += x[30] * k1;
        a1_0 += x[31] * k0; a1_1 += x[31] * k1;
        a2_0 += x[32] * k0; a2_1 += x[32] * k1;
        a3_0 += x[33] * k0; a3_1 += x[33] * k1;
        a4_0 += x[34] * k0; a4_1 += x[34] * k1;
        a5_0 += x[35] * k0; a5_1 += x[35] * k1;
    }
    {
        const real k0 = w[20];
        const real k1 = w[21];
        a0_0 += x[31] * k0; a0_1 += x[31] * k1;
        a1_0 += x[32] * k0; a1_1 += x[32] * k1;
        a2_0 += x[33] * k0; a2_1 += x[33] * k1;
        a3_0 += x[34] * k0; a3_1 += x[34] * k1;
        a4_0 += x[35] * k0; a4_1 += x[35] * k1;
        a5_0 += x[36] * k0; a5_1 += x[36] * k1;
    }
    {
        const real k0 = w[25];
        const real k1 = w[26];
        a0_0 += x[32] * k0; a0_1 += x[32] * k1;
        a1_0 += x[33] * k0; a1_1 += x[33] * k1;
        a2_0 += x[34] * k0; a2_1 += x[34] * k1;
        a3_0 += x[35] * k0; a3_1 += x[35] * k1;
        a4_0 += x[36] * k0; a4_1 += x[36] * k1;
        a5_0 += x[37] * k0; a5_1 += x[37] * k1;
    }
    {
        const real k0 = w[30];
        const real k1 = w[31];
        a0_0 += x[60] * k0; a0_1 += x[60] * k1;
        a1_0 += x[61] * k0; a1_1 += x[61] * k1;
        a2_0 += x[62] * k0; a2_1 += x[62] * k1;
        a3_0 += x[63] * k0; a3_1 += x[63] * k1;
        a4_0 += x[64] * k0; a4_1 += x[64] * k1;
        a5_0 += x[65] * k0; a5_1 += x[65] * k1;
    }
    {
        const real k0 = w[35];
        const real k1 = w[36];
        a0_0 += x[61] * k0; a0_1 += x[61] * k1;
        a1_0 += x[62] * k0; a1_1 += x[62] * k1;
        a2_0 += x[63] * k0; a2_1 += x[63] * k1;
        a3_0 += x[64] * k0; a3_1 += x[64] * k1;
        a4_0 += x[65] * k0; a4_1 += x[65] * k1;
        a5_0 += x[66] * k0; a5_1 += x[66] * k1;
    }
    {
        const real k0 = w[40];
        const real k1 = w[41];
        a0_0 += x[62] * k0; a0_1 += x[62] * k1;
        a1_0 += x[63] * k0; a1_1 += x[63] * k1;
        a2_0 += x[64] * k0; a2_1 += x[64] * k1;
        a3_0 += x[65] * k0; a3_1 += x[65] * k1;
        a4_0 += x[66] * k0; a4_1 += x[66] * k1;
        a5_0 += x[67] * k0; a5_1 += x[67] * k1;
    }
    y[0] = a0_0;
    y[1] = a0_1;
    y[5] = a1_0;
    y[6] = a1_1;
    y[10] = a2_0;
    y[11] = a2_1;
    y[15] = a3_0;
    y[16] = a3_1;
    y[20] = a4_0;
    y[21] = a4_1;
    y[25] = a5_0;
    y[26] = a5_1;
}

/* 2 channels x 5 pixels: the sum, in registers. */
static inline void filters_conv1_2x5(const real *restrict x, const real *restrict w,
    real *restrict y)
{
    real a0_0 = 0;
    real a0_1 = 0;
    real a1_0 = 0;
    real a1_1 = 0;
    real a2_0 = 0;
    real a2_1 = 0;
    real a3_0 = 0;
    real a3_1 = 0;
    real a4_0 = 0;
    real a4_1 = 0;
    {
        const real k0 = w[0];
        const real k1 = w[1];
        a0_0 += x[0] * k0; a0_1 += x[0] * k1;
        a1_0 += x[1] * k0; a1_1 += x[1] * k1;
        a2_0 += x[2] * k0; a2_1 += x[2] * k1;
        a3_0 += x[3] * k0; a3_1 += x[3] * k1;
        a4_0 += x[4] * k0; a4_1 += x[4] * k1;
    }
    {
        const real k0 = w[5];
        const real k1 = w[6];
        a0_0 += x[1] * k0; a0_1 += x[1] * k1;
        a1_0 += x[2] * k0; a1_1 += x[2] * k1;
        a2_0 += x[3] * k0; a2_1 += x[3] * k1;
        a3_0 += x[4] * k0; a3_1 += x[4] * k1;
        a4_0 += x[5] * k0; a4_1 += x[5] * k1;
    }
    {
        const real k0 = w[10];
        const real k1 = w[11];
        a0_0 += x[2] * k0; a0_1 += x[2] * k1;
        a1_0 += x[3] * k0; a1_1 += x[3] * k1;
        a2_0 += x[4] * k0; a2_1 += x[4] * k1;
        a3_0 += x[5] * k0; a3_1 += x[5] * k1;
        a4_0 += x[6] * k0; a4_1 += x[6] * k1;
    }
    {
        const real k0 = w[15];
        const real k1 = w[16];
        a0_0 += x[30] * k0; a0_1 += x[30] * k1;
        a1_0 += x[31] * k0; a1_1 += x[31] * k1;
        a2_0 += x[32] * k0; a2_1 += x[32] * k1;
        a3_0 += x[33] * k0; a3_1 += x[33] * k1;
        a4_0 += x[34] * k0; a4_1 += x[34] * k1;
    }
    {
        const real k0 = w[20];
        const real k1 = w[21];
        a0_0 += x[31] * k0; a0_1 += x[31] * k1;
        a1_0 += x[32] * k0; a1_1 += x[32] * k1;
        a2_0 += x[33] * k0; a2_1 += x[33] * k1;
        a3_0 += x[34] * k0; a3_1 += x[34] * k1;
        a4_0 += x[35] * k0; a4_1 += x[35] * k1;
    }
    {
        const real k0 = w[25];
        const real k1 = w[26];
        a0_0 += x[32] * k0; a0_1 += x[32] * k1;
        a1_0 += x[33] * k0; a1_1 += x[33] * k1;
        a2_0 += x[34] * k0; a2_1 += x[34] * k1;
        a3_0 += x[35] * k0; a3_1 += x[35] * k1;
        a4_0 += x[36] * k0; a4_1 += x[36] * k1;
    }
    {
        const real k0 = w[30];
        const real k1 = w[31];
        a0_0 += x[60] * k0; a0_1 += x[60] * k1;
        a1_0 += x[61] * k0; a1_1 += x[61] * k1;
        a2_0 += x[62] * k0; a2_1 += x[62] * k1;
        a3_0 += x[63] * k0; a3_1 += x[63] * k1;
        a4_0 += x[64] * k0; a4_1 += x[64] * k1;
    }
    {
        const real k0 = w[35];
        const real k1 = w[36];
        a0_0 += x[61] * k0; a0_1 += x[61] * k1;
        a1_0 += x[62] * k0; a1_1 += x[62] * k1;
        a2_0 += x[63] * k0; a2_1 += x[63] * k1;
        a3_0 += x[64] * k0; a3_1 += x[64] * k1;
        a4_0 += x[65] * k0; a4_1 += x[65] * k1;
    }
    {
        const real k0 = w[40];
        const real k1 = w[41];
        a0_0 += x[62] * k0; a0_1 += x[62] * k1;
        a1_0 += x[63] * k0; a1_1 += x[63] * k1;
        a2_0 += x[64] * k0; a2_1 += x[64] * k1;
        a3_0 += x[65] * k0; a3_1 += x[65] * k1;
        a4_0 += x[66] * k0; a4_1 += x[66] * k1;
    }
    y[0] = a0_0;
    y[1] = a0_1;
    y[5] = a1_0;
    y[6] = a1_1;
    y[10] = a2_0;
    y[11] = a2_1;
    y[15] = a3_0;
    y[16] = a3_1;
    y[20] = a4_0;
    y[21] = a4_1;
}

/* 1 channel x 6 pixels: the sum, in registers. */
static inline void filters_conv1_1x6(const real *restrict x, const real *restrict w,
    real *restrict y)
{
    real a0_0 = 0;
    real a1_0 = 0;
    real a2_0 = 0;
    real a3_0 = 0;
    real a4_0 = 0;
    real a5_0 = 0;
    {
        const real k0 = w[0];
        a0_0 += x[0] * k0;
        a1_0 += x[1] * k0;
        a2_0 += x[2] * k0;
        a3_0 += x[3] * k0;
        a4_0 += x[4] * k0;
        a5_0 += x[5] * k0;
    }
    {
        const real k0 = w[5];
        a0_0 += x[1] * k0;
        a1_0 += x[2] * k0;
        a2_0 += x[3] * k0;
        a3_0 += x[4] * k0;
        a4_0 += x[5] * k0;
        a5_0 += x[6] * k0;
    }
    {
        const real k0 = w[10];
        a0_0 += x[2] * k0;
        a1_0 += x[3] * k0;
        a2_0 += x[4] * k0;
        a3_0 += x[5] * k0;
        a4_0 += x[6] * k0;
        a5_0 += x[7] * k0;
    }
    {
        const real k0 = w[15];
        a0_0 += x[30] * k0;
        a1_0 += x[31] * k0;
        a2_0 += x[32] * k0;
        a3_0 += x[33] * k0;
        a4_0 += x[34] * k0;
        a5_0 += x[35] * k0;
    }
    {
        const real k0 = w[20];
        a0_0 += x[31] * k0;
        a1_0 += x[32] * k0;
        a2_0 += x[33] * k0;
        a3_0 += x[34] * k0;
        a4_0 += x[35] * k0;
        a5_0 += x[36] * k0;
    }
    {
        const real k0 = w[25];
        a0_0 += x[32] * k0;
        a1_0 += x[33] * k0;
        a2_0 += x[34] * k0;
        a3_0 += x[35] * k0;
        a4_0 += x[36] * k0;
        a5_0 += x[37] * k0;
    }
    {
        const real k0 = w[30];
        a0_0 += x[60] * k0;
        a1_0 += x[61] * k0;
        a2_0 += x[62] * k0;
        a3_0 += x[63] * k0;
        a4_0 += x[64] * k0;
        a5_0 += x[65] * k0;
    }
    {
        const real k0 = w[35];
        a0_0 += x[61] * k0;
        a1_0 += x[62] * k0;
        a2_0 += x[63] * k0;
        a3_0 += x[64] * k0;
        a4_0 += x[65] * k0;
        a5_0 += x[66] * k0;
    }
    {
        const real k0 = w[40];
        a0_0 += x[62] * k0;
        a1_0 += x[63] * k0;
        a2_0 += x[64] * k0;
        a3_0 += x[65] * k0;
        a4_0 += x[66] * k0;
        a5_0 += x[67] * k0;
    }
    y[0] = a0_0;
    y[5] = a1_0;
    y[10] = a2_0;
    y[15] = a3_0;
    y[20] = a4_0;
    y[25] = a5_0;
}

/* 1 channel x 5 pixels: the sum, in registers. */
static inline void filters_conv1_1x5(const real *restrict x, const real *restrict w,
    real *restrict y)
{
    real a0_0 = 0;
    real a1_0 = 0;
    real a2_0 = 0;
    real a3_0 = 0;
    real a4_0 = 0;
    {
        const real k0 = w[0];
        a0_0 += x[0] * k0;
        a1_0 += x[1] * k0;
        a2_0 += x[2] * k0;
        a3_0 += x[3] * k0;
        a4_0 += x[4] * k0;
    }
    {
        const real k0 = w[5];
        a0_0 += x[1] * k0;
        a1_0 += x[2] * k0;
        a2_0 += x[3] * k0;
        a3_0 += x[4] * k0;
        a4_0 += x[5] * k0;
    }
    {
        const real k0 = w[10];
        a0_0 += x[2] * k0;
        a1_0 += x[3] * k0;
        a2_0 += x[4] * k0;
        a3_0 += x[5] * k0;
        a4_0 += x[6] * k0;
    }
    {
        const real k0 = w[15];
        a0_0 += x[30] * k0;
        a1_0 += x[31] * k0;
        a2_0 += x[32] * k0;
        a3_0 += x[33] * k0;
        a4_0 += x[34] * k0;
    }
    {
        const real k0 = w[20];
        a0_0 += x[31] * k0;
        a1_0 += x[32] * k0;
        a2_0 += x[33] * k0;
        a3_0 += x[34] * k0;
        a4_0 += x[35] * k0;
    }
    {
        const real k0 = w[25];
        a0_0 += x[32] * k0;
        a1_0 += x[33] * k0;
        a2_0 += x[34] * k0;
        a3_0 += x[35] * k0;
        a4_0 += x[36] * k0;
    }
    {
        const real k0 = w[30];
        a0_0 += x[60] * k0;
        a1_0 += x[61] * k0;
        a2_0 += x[62] * k0;
        a3_0 += x[63] * k0;
        a4_0 += x[64] * k0;
    }
    {
        const real k0 = w[35];
        a0_0 += x[61] * k0;
        a1_0 += x[62] * k0;
        a2_0 += x[63] * k0;
        a3_0 += x[64] * k0;
        a4_0 += x[65] * k0;
    }
    {
        const real k0 = w[40];
        a0_0 += x[62] * k0;
        a1_0 += x[63] * k0;
        a2_0 += x[64] * k0;
        a3_0 += x[65] * k0;
        a4_0 += x[66] * k0;
    }
    y[0] = a0_0;
    y[5] = a1_0;
    y[10] = a2_0;
    y[15] = a3_0;
    y[20] = a4_0;
}

/* conv1: 30x30x1 -> 28x28x5, 35280 multiply-adds. */
static void filters_conv1_forward(const real *restrict x, const real *restrict w, real *restrict y)
{
    int o = 0;
    for (; o + 1 < 5; o += 2) {
        for (int i = 0; i < 28; i++) {
            const real *xi = x + i*30;
            real *yi = y + i*140 + o;
            for (int j = 0; j < 3; j++) {
                filters_conv1_2x6(xi + j*6, w + o, yi + j*6*5);
            }
            for (int j = 0; j < 2; j++) {
                filters_conv1_2x5(xi + j*5 + 18, w + o, yi + (j*5 + 18)*5);
            }
        }
    }
    for (; o < 5; o += 1) {
        for (int i = 0; i < 28; i++) {
            const real *xi = x + i*30;
            real *yi = y + i*140 + o;
            for (int j = 0; j < 3; j++) {
                filters_conv1_1x6(xi + j*6, w + o, yi + j*6*5);
            }
            for (int j = 0; j < 2; j++) {
                filters_conv1_1x5(xi + j*5 + 18, w + o, yi + (j*5 + 18)*5);
            }
        }
    }
}

/* Where the tensors stand in the params struct, and in its gradients. */
enum {
    conv1_kernel = 0,
};

void filters_predict(const filters_params *params, const real *input, real *output, filters_scratch *scratch)
{
    const real *const p = (const real *)(const void *)params;
    real *const at = scratch->arena;
    filters_conv1_pad_forward(input, at); /* 28x28x1 */
    filters_conv1_forward(at, p + conv1_kernel, output); /* 28x28x5 */
}

void filters_import(filters_params *params, const real *flat)
{
    real *const p = (real *)(void *)params;
    memset(p, 0, sizeof *params);
    memcpy(p + conv1_kernel, flat, 45 * sizeof(real));
}

void filters_export(const filters_params *params, real *flat)
{
    const real *const p = (const real *)(const void *)params;
    memcpy(flat, p + conv1_kernel, 45 * sizeof(real));
}
