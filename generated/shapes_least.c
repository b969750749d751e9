/* shapes.c - the network of shapes.lua, written by cnngen 0.1. Free of any claim by cnngen's authors.
 *
 *   input 28x28x1
 *   layer     kind           output   parameters  multiply-adds
 *   conv1     conv2d relu    28x28x2          20          14112
 *   pool1     maxpool2d      14x14x2           0              0
 *   flatten1  flatten        392               0              0
 *   dense1    dense sigmoid  1               393            392
 *   total                                    413          14504
 *
 * Predict needs 1568 bytes of scratch (buffers alive at once: 1568).
 */
#include "shapes_least.h"

#include <float.h>
#include <string.h>

typedef SHAPES_REAL real;
#define REAL_MAX FLT_MAX

/* From the runtime of cnngen: what this network calls. */
typedef float cnn_real;

#define CNN_MAX      FLT_MAX
#define CNN_MIN      FLT_MIN
#define CNN_LN2_HIGH 0.693145751953125f
#define CNN_LN2_LOW  1.42860677e-06f
#define CNN_C(x)     x##f

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
    return (int)(bits & 0x3fffff) - ((int)(bits & 0x200000) << 1);
}

static cnn_real cnn_exp(cnn_real x)
{
    const cnn_real z = cnn_exp_range(x);
    const int n = cnn_nearest(z * CNN_C(1.44269504088896341)), half = n / 2;
    const cnn_real k = (cnn_real)n, r = (z - k * CNN_LN2_HIGH) - k * CNN_LN2_LOW;
    return (1 + cnn_exp_series(r)) * cnn_power2(half) * cnn_power2(n - half);
}

static cnn_real cnn_sigmoid(cnn_real x)
{
    return 1 / (1 + cnn_exp(-x)); /* exp may be infinity: then this is 0 */
}

/* conv1_pool1: 28x28x1 -> 14x14x2, 14112 multiply-adds, relu. */
static void shapes_conv1_pool1_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y)
{
    for (int i = 0; i < 14; i++) {
        for (int j = 0; j < 14; j++) {
            for (int o = 0; o < 2; o++) {
                real best0 = -REAL_MAX;
                for (int pi = 0; pi < 2; pi++) {
                    for (int pj = 0; pj < 2; pj++) {
                        const int top = i*2 + pi - 1; /* the window's first row */
                        const int ki0 = top < 0 ? -top : 0;
                        const int ki1 = top > 25 ? 28 - top : 3;
                        const int left = j*2 + pj - 1; /* the window's first column */
                        const int kj0 = left < 0 ? -left : 0;
                        const int kj1 = left > 25 ? 28 - left : 3;
                        real a0 = b[o];
                        for (int ki = ki0; ki < ki1; ki++) {
                            for (int k = kj0; k < kj1; k++) {
                                a0 += x[(top + ki)*28 + left + k] * w[(ki*3 + k)*2 + o];
                            }
                        }
                        best0 = (a0 > best0 ? a0 : best0);
                    }
                }
                y[i*28 + j*2 + o] = (best0 < 0 ? 0 : best0);
            }
        }
    }
}

/* dense1: 392 -> 1, 392 multiply-adds, sigmoid. */
static void shapes_dense1_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y)
{
    real a = b[0];
    for (int i = 0; i < 392; i++) {
        a += x[i] * w[i];
    }
    y[0] = cnn_sigmoid(a);
}

/* Where the tensors stand in the params struct, and in its gradients. */
enum {
    conv1_kernel = 0,
    conv1_bias = 18,
    dense1_kernel = 20,
    dense1_bias = 412,
};

void shapes_predict(const shapes_params *params, const real *input, real *output, shapes_scratch *scratch)
{
    const real *const p = (const real *)(const void *)params;
    real *const at = scratch->arena;
    shapes_conv1_pool1_forward(input, p + conv1_kernel, p + conv1_bias, at); /* 14x14x2 */
    shapes_dense1_forward(at, p + dense1_kernel, p + dense1_bias, output); /* 1 */
}

void shapes_import(shapes_params *params, const real *flat)
{
    real *const p = (real *)(void *)params;
    memset(p, 0, sizeof *params);
    memcpy(p + conv1_kernel, flat, 18 * sizeof(real));
    memcpy(p + conv1_bias, flat + 18, 2 * sizeof(real));
    memcpy(p + dense1_kernel, flat + 20, 392 * sizeof(real));
    memcpy(p + dense1_bias, flat + 412, 1 * sizeof(real));
}

void shapes_export(const shapes_params *params, real *flat)
{
    const real *const p = (const real *)(const void *)params;
    memcpy(flat, p + conv1_kernel, 18 * sizeof(real));
    memcpy(flat + 18, p + conv1_bias, 2 * sizeof(real));
    memcpy(flat + 20, p + dense1_kernel, 392 * sizeof(real));
    memcpy(flat + 412, p + dense1_bias, 1 * sizeof(real));
}
