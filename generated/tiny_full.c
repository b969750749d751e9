/* tiny.c - the network of tiny.lua, written by cnngen 0.1. Free of any claim by cnngen's authors.
 *
 *   input 4x4x1
 *   layer     kind           output  parameters  multiply-adds
 *   conv1     conv2d relu    4x4x2           20            288
 *   pool1     maxpool2d      2x2x2            0              0
 *   flatten1  flatten        8                0              0
 *   dense1    dense softmax  2               18             16
 *   total                                    38            304
 *
 * Predict needs 256 bytes of scratch (buffers alive at once: 256).
 */
#include "tiny_full.h"

#include <float.h>
#include <string.h>

#ifdef __cplusplus
#define restrict __restrict /* the name C++ compilers have for it */
#endif

typedef TINY_REAL real;
#define REAL_MAX FLT_MAX

/* From the runtime of cnngen: what this network calls. */
typedef float cnn_real;

#define CNN_LN2_HIGH 0.693145751953125f
#define CNN_LN2_LOW  1.42860677e-06f

#define CNN_C(x) x##f

/* x brought to -104..104 (-746..746), beyond which exp(x) is 0 or infinity; a NaN stays one. */
static cnn_real cnn_exp_range(cnn_real x)
{
    uint32_t bits, size;
    const uint32_t sign = UINT32_C(1) << 31, infinity = UINT32_C(0x7f800000);
    const uint32_t most = UINT32_C(0x42d00000);
    memcpy(&bits, &x, sizeof bits);
    size = bits & ~sign;
    size = size - most <= infinity - most ? most : size; /* smaller ones wrap around */
    bits = (bits & sign) | size;
    memcpy(&x, &bits, sizeof bits);
    return x;
}

/* 2^n for an exponent that fits a normal number. */
static cnn_real cnn_power2(int n)
{
    const uint32_t bits = (uint32_t)(n + 127) << 23;
    cnn_real x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* exp(r) - 1 for |r| <= ln(2)/2 by Taylor's series. */
static cnn_real cnn_exp_series(cnn_real r)
{
    cnn_real p = 1.0f / 5040.0f;
    p = p * r + CNN_C(1.0) / CNN_C(720.0);
    p = p * r + CNN_C(1.0) / CNN_C(120.0);
    p = p * r + CNN_C(1.0) / CNN_C(24.0);
    p = p * r + CNN_C(1.0) / CNN_C(6.0);
    p = p * r + CNN_C(0.5);
    return p * r * r + r;
}

/* The integer nearest to x, |x| < 2^21: after adding 1.5 * 2^23 (2^52) it stands in the lowest
 * bits. Unlike a conversion this gives some integer for a NaN. */
static int cnn_nearest(cnn_real x)
{
    const cnn_real shifted = x + 12582912.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    return (int)(bits & 0x3fffff) - (int)((bits & 0x200000) << 1);
}

static cnn_real cnn_exp(cnn_real x)
{
    const cnn_real z = cnn_exp_range(x);
    const int n = cnn_nearest(z * CNN_C(1.44269504088896341)), half = n / 2;
    const cnn_real k = (cnn_real)n, r = (z - k * CNN_LN2_HIGH) - k * CNN_LN2_LOW;
    return (1 + cnn_exp_series(r)) * cnn_power2(half) * cnn_power2(n - half);
}

static void cnn_softmax(cnn_real *y, size_t n)
{
    cnn_real most = n > 0 ? y[0] : 0, sum = 0;
    for (size_t i = 1; i < n; i++) {
        most = y[i] > most ? y[i] : most;
    }
    for (size_t i = 0; i < n; i++) {
        y[i] = cnn_exp(y[i] - most);
        sum += y[i];
    }
    for (size_t i = 0; i < n; i++) {
        y[i] = y[i] / sum;
    }
}

/* conv1_pad: 4x4x1 -> 4x4x1. */
static void tiny_conv1_pad_forward(const real *restrict x, real *restrict y)
{
    memset(y, 0, 7 * sizeof(real));
    memset(y + 11, 0, 2 * sizeof(real));
    memset(y + 17, 0, 2 * sizeof(real));
    memset(y + 23, 0, 2 * sizeof(real));
    memset(y + 29, 0, 7 * sizeof(real));
    y[7] = x[0];
    y[8] = x[1];
    y[9] = x[2];
    y[10] = x[3];
    y[13] = x[4];
    y[14] = x[5];
    y[15] = x[6];
    y[16] = x[7];
    y[19] = x[8];
    y[20] = x[9];
    y[21] = x[10];
    y[22] = x[11];
    y[25] = x[12];
    y[26] = x[13];
    y[27] = x[14];
    y[28] = x[15];
}

/* conv1_pool1: 6x6x1 -> 2x2x2, 288 multiply-adds, relu. */
static void tiny_conv1_pool1_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y)
{
    {
        real best = -REAL_MAX;
        {
            real a = b[0];
            a += x[0] * w[0];
            a += x[1] * w[2];
            a += x[2] * w[4];
            a += x[6] * w[6];
            a += x[7] * w[8];
            a += x[8] * w[10];
            a += x[12] * w[12];
            a += x[13] * w[14];
            a += x[14] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[1] * w[0];
            a += x[2] * w[2];
            a += x[3] * w[4];
            a += x[7] * w[6];
            a += x[8] * w[8];
            a += x[9] * w[10];
            a += x[13] * w[12];
            a += x[14] * w[14];
            a += x[15] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[6] * w[0];
            a += x[7] * w[2];
            a += x[8] * w[4];
            a += x[12] * w[6];
            a += x[13] * w[8];
            a += x[14] * w[10];
            a += x[18] * w[12];
            a += x[19] * w[14];
            a += x[20] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[7] * w[0];
            a += x[8] * w[2];
            a += x[9] * w[4];
            a += x[13] * w[6];
            a += x[14] * w[8];
            a += x[15] * w[10];
            a += x[19] * w[12];
            a += x[20] * w[14];
            a += x[21] * w[16];
            best = a > best ? a : best;
        }
        y[0] = (best < 0 ? 0 : best);
    }
    {
        real best = -REAL_MAX;
        {
            real a = b[1];
            a += x[0] * w[1];
            a += x[1] * w[3];
            a += x[2] * w[5];
            a += x[6] * w[7];
            a += x[7] * w[9];
            a += x[8] * w[11];
            a += x[12] * w[13];
            a += x[13] * w[15];
            a += x[14] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[1] * w[1];
            a += x[2] * w[3];
            a += x[3] * w[5];
            a += x[7] * w[7];
            a += x[8] * w[9];
            a += x[9] * w[11];
            a += x[13] * w[13];
            a += x[14] * w[15];
            a += x[15] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[6] * w[1];
            a += x[7] * w[3];
            a += x[8] * w[5];
            a += x[12] * w[7];
            a += x[13] * w[9];
            a += x[14] * w[11];
            a += x[18] * w[13];
            a += x[19] * w[15];
            a += x[20] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[7] * w[1];
            a += x[8] * w[3];
            a += x[9] * w[5];
            a += x[13] * w[7];
            a += x[14] * w[9];
            a += x[15] * w[11];
            a += x[19] * w[13];
            a += x[20] * w[15];
            a += x[21] * w[17];
            best = a > best ? a : best;
        }
        y[1] = (best < 0 ? 0 : best);
    }
    {
        real best = -REAL_MAX;
        {
            real a = b[0];
            a += x[2] * w[0];
            a += x[3] * w[2];
            a += x[4] * w[4];
            a += x[8] * w[6];
            a += x[9] * w[8];
            a += x[10] * w[10];
            a += x[14] * w[12];
            a += x[15] * w[14];
            a += x[16] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[3] * w[0];
            a += x[4] * w[2];
            a += x[5] * w[4];
            a += x[9] * w[6];
            a += x[10] * w[8];
            a += x[11] * w[10];
            a += x[15] * w[12];
            a += x[16] * w[14];
            a += x[17] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[8] * w[0];
            a += x[9] * w[2];
            a += x[10] * w[4];
            a += x[14] * w[6];
            a += x[15] * w[8];
            a += x[16] * w[10];
            a += x[20] * w[12];
            a += x[21] * w[14];
            a += x[22] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[9] * w[0];
            a += x[10] * w[2];
            a += x[11] * w[4];
            a += x[15] * w[6];
            a += x[16] * w[8];
            a += x[17] * w[10];
            a += x[21] * w[12];
            a += x[22] * w[14];
            a += x[23] * w[16];
            best = a > best ? a : best;
        }
        y[2] = (best < 0 ? 0 : best);
    }
    {
        real best = -REAL_MAX;
        {
            real a = b[1];
            a += x[2] * w[1];
            a += x[3] * w[3];
            a += x[4] * w[5];
            a += x[8] * w[7];
            a += x[9] * w[9];
            a += x[10] * w[11];
            a += x[14] * w[13];
            a += x[15] * w[15];
            a += x[16] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[3] * w[1];
            a += x[4] * w[3];
            a += x[5] * w[5];
            a += x[9] * w[7];
            a += x[10] * w[9];
            a += x[11] * w[11];
            a += x[15] * w[13];
            a += x[16] * w[15];
            a += x[17] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[8] * w[1];
            a += x[9] * w[3];
            a += x[10] * w[5];
            a += x[14] * w[7];
            a += x[15] * w[9];
            a += x[16] * w[11];
            a += x[20] * w[13];
            a += x[21] * w[15];
            a += x[22] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[9] * w[1];
            a += x[10] * w[3];
            a += x[11] * w[5];
            a += x[15] * w[7];
            a += x[16] * w[9];
            a += x[17] * w[11];
            a += x[21] * w[13];
            a += x[22] * w[15];
            a += x[23] * w[17];
            best = a > best ? a : best;
        }
        y[3] = (best < 0 ? 0 : best);
    }
    {
        real best = -REAL_MAX;
        {
            real a = b[0];
            a += x[12] * w[0];
            a += x[13] * w[2];
            a += x[14] * w[4];
            a += x[18] * w[6];
            a += x[19] * w[8];
            a += x[20] * w[10];
            a += x[24] * w[12];
            a += x[25] * w[14];
            a += x[26] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[13] * w[0];
            a += x[14] * w[2];
            a += x[15] * w[4];
            a += x[19] * w[6];
            a += x[20] * w[8];
            a += x[21] * w[10];
            a += x[25] * w[12];
            a += x[26] * w[14];
            a += x[27] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[18] * w[0];
            a += x[19] * w[2];
            a += x[20] * w[4];
            a += x[24] * w[6];
            a += x[25] * w[8];
            a += x[26] * w[10];
            a += x[30] * w[12];
            a += x[31] * w[14];
            a += x[32] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[19] * w[0];
            a += x[20] * w[2];
            a += x[21] * w[4];
            a += x[25] * w[6];
            a += x[26] * w[8];
            a += x[27] * w[10];
            a += x[31] * w[12];
            a += x[32] * w[14];
            a += x[33] * w[16];
            best = a > best ? a : best;
        }
        y[4] = (best < 0 ? 0 : best);
    }
    {
        real best = -REAL_MAX;
        {
            real a = b[1];
            a += x[12] * w[1];
            a += x[13] * w[3];
            a += x[14] * w[5];
            a += x[18] * w[7];
            a += x[19] * w[9];
            a += x[20] * w[11];
            a += x[24] * w[13];
            a += x[25] * w[15];
            a += x[26] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[13] * w[1];
            a += x[14] * w[3];
            a += x[15] * w[5];
            a += x[19] * w[7];
            a += x[20] * w[9];
            a += x[21] * w[11];
            a += x[25] * w[13];
            a += x[26] * w[15];
            a += x[27] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[18] * w[1];
            a += x[19] * w[3];
            a += x[20] * w[5];
            a += x[24] * w[7];
            a += x[25] * w[9];
            a += x[26] * w[11];
            a += x[30] * w[13];
            a += x[31] * w[15];
            a += x[32] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[19] * w[1];
            a += x[20] * w[3];
            a += x[21] * w[5];
            a += x[25] * w[7];
            a += x[26] * w[9];
            a += x[27] * w[11];
            a += x[31] * w[13];
            a += x[32] * w[15];
            a += x[33] * w[17];
            best = a > best ? a : best;
        }
        y[5] = (best < 0 ? 0 : best);
    }
    {
        real best = -REAL_MAX;
        {
            real a = b[0];
            a += x[14] * w[0];
            a += x[15] * w[2];
            a += x[16] * w[4];
            a += x[20] * w[6];
            a += x[21] * w[8];
            a += x[22] * w[10];
            a += x[26] * w[12];
            a += x[27] * w[14];
            a += x[28] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[15] * w[0];
            a += x[16] * w[2];
            a += x[17] * w[4];
            a += x[21] * w[6];
            a += x[22] * w[8];
            a += x[23] * w[10];
            a += x[27] * w[12];
            a += x[28] * w[14];
            a += x[29] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[20] * w[0];
            a += x[21] * w[2];
            a += x[22] * w[4];
            a += x[26] * w[6];
            a += x[27] * w[8];
            a += x[28] * w[10];
            a += x[32] * w[12];
            a += x[33] * w[14];
            a += x[34] * w[16];
            best = a > best ? a : best;
        }
        {
            real a = b[0];
            a += x[21] * w[0];
            a += x[22] * w[2];
            a += x[23] * w[4];
            a += x[27] * w[6];
            a += x[28] * w[8];
            a += x[29] * w[10];
            a += x[33] * w[12];
            a += x[34] * w[14];
            a += x[35] * w[16];
            best = a > best ? a : best;
        }
        y[6] = (best < 0 ? 0 : best);
    }
    {
        real best = -REAL_MAX;
        {
            real a = b[1];
            a += x[14] * w[1];
            a += x[15] * w[3];
            a += x[16] * w[5];
            a += x[20] * w[7];
            a += x[21] * w[9];
            a += x[22] * w[11];
            a += x[26] * w[13];
            a += x[27] * w[15];
            a += x[28] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[15] * w[1];
            a += x[16] * w[3];
            a += x[17] * w[5];
            a += x[21] * w[7];
            a += x[22] * w[9];
            a += x[23] * w[11];
            a += x[27] * w[13];
            a += x[28] * w[15];
            a += x[29] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[20] * w[1];
            a += x[21] * w[3];
            a += x[22] * w[5];
            a += x[26] * w[7];
            a += x[27] * w[9];
            a += x[28] * w[11];
            a += x[32] * w[13];
            a += x[33] * w[15];
            a += x[34] * w[17];
            best = a > best ? a : best;
        }
        {
            real a = b[1];
            a += x[21] * w[1];
            a += x[22] * w[3];
            a += x[23] * w[5];
            a += x[27] * w[7];
            a += x[28] * w[9];
            a += x[29] * w[11];
            a += x[33] * w[13];
            a += x[34] * w[15];
            a += x[35] * w[17];
            best = a > best ? a : best;
        }
        y[7] = (best < 0 ? 0 : best);
    }
}

/* dense1: 8 -> 2, 16 multiply-adds, softmax. */
static void tiny_dense1_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y)
{
    {
        real a = b[0];
        a += x[0] * w[0];
        a += x[1] * w[2];
        a += x[2] * w[4];
        a += x[3] * w[6];
        a += x[4] * w[8];
        a += x[5] * w[10];
        a += x[6] * w[12];
        a += x[7] * w[14];
        y[0] = a;
    }
    {
        real a = b[1];
        a += x[0] * w[1];
        a += x[1] * w[3];
        a += x[2] * w[5];
        a += x[3] * w[7];
        a += x[4] * w[9];
        a += x[5] * w[11];
        a += x[6] * w[13];
        a += x[7] * w[15];
        y[1] = a;
    }
    cnn_softmax(y, 2);
}

/* Where the tensors stand in the params struct, and in its gradients. */
enum {
    conv1_kernel = 0,
    conv1_bias = 18,
    dense1_kernel = 20,
    dense1_bias = 36,
};

void tiny_predict(const tiny_params *params, const real *input, real *output, tiny_scratch *scratch)
{
    const real *const p = (const real *)(const void *)params;
    real *const at = scratch->arena;
    tiny_conv1_pad_forward(input, at); /* 4x4x1 */
    tiny_conv1_pool1_forward(at, p + conv1_kernel, p + conv1_bias, at + 48); /* 2x2x2 */
    tiny_dense1_forward(at + 48, p + dense1_kernel, p + dense1_bias, output); /* 2 */
}

void tiny_import(tiny_params *params, const real *flat)
{
    real *const p = (real *)(void *)params;
    memset(p, 0, sizeof *params);
    memcpy(p + conv1_kernel, flat, 38 * sizeof(real));
}

void tiny_export(const tiny_params *params, real *flat)
{
    const real *const p = (const real *)(const void *)params;
    memcpy(flat, p + conv1_kernel, 38 * sizeof(real));
}
