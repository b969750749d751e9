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

#ifdef __cplusplus
#define restrict __restrict /* the name C++ compilers have for it */
#endif

typedef FILTERS_REAL real;

/* Operations on blocks of channels: loops that compilers turn into vectors, with a word of help. gcc -O3 takes
 * a loop of up to 16 rounds apart before it looks for vectors, and then finds none: it is asked to wait. clang
 * keeps a second copy of all sums, unless it may fuse any multiplication with any addition. */
#if defined(__clang__) && __clang_major__ >= 5
#define VECTOR_LOOP _Pragma("clang fp contract(fast)")
#elif defined(__GNUC__) && __GNUC__ >= 8
#define VECTOR_LOOP _Pragma("GCC unroll 1")
#else
#define VECTOR_LOOP
#endif

/* a += k * x */
static inline void madd4(real *restrict a, const real *restrict k, real x)
{
    VECTOR_LOOP for (int o = 0; o < 4; o++) {
        a[o] += k[o] * x;
    }
}

/* y = a. Without the addition gcc makes this a memcpy, for which it keeps sums in memory. */
static inline void copy4(real *restrict y, const real *restrict a)
{
    VECTOR_LOOP for (int o = 0; o < 4; o++) {
        y[o] = a[o] + 0;
    }
}

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

/* 4 channels x 6 pixels: the sum. */
static inline void filters_conv1_4x6(const real *restrict x, const real *restrict w,
    real *restrict y)
{
    real a0[4] = {0};
    real a1[4] = {0};
    real a2[4] = {0};
    real a3[4] = {0};
    real a4[4] = {0};
    real a5[4] = {0};
    for (int r1 = 0; r1 < 3; r1++) {
        const real *x1 = x + r1*30, *w1 = w + r1*15;
        for (int r2 = 0; r2 < 3; r2++) {
            const real *x2 = x1 + r2, *w2 = w1 + r2*5;
            madd4(a0, w2, x2[0]);
            madd4(a1, w2, x2[1]);
            madd4(a2, w2, x2[2]);
            madd4(a3, w2, x2[3]);
            madd4(a4, w2, x2[4]);
            madd4(a5, w2, x2[5]);
        }
    }
    copy4(y, a0);
    copy4(y + 5, a1);
    copy4(y + 10, a2);
    copy4(y + 15, a3);
    copy4(y + 20, a4);
    copy4(y + 25, a5);
}

/* 4 channels x 5 pixels: the sum. */
static inline void filters_conv1_4x5(const real *restrict x, const real *restrict w,
    real *restrict y)
{
    real a0[4] = {0};
    real a1[4] = {0};
    real a2[4] = {0};
    real a3[4] = {0};
    real a4[4] = {0};
    for (int r1 = 0; r1 < 3; r1++) {
        const real *x1 = x + r1*30, *w1 = w + r1*15;
        for (int r2 = 0; r2 < 3; r2++) {
            const real *x2 = x1 + r2, *w2 = w1 + r2*5;
            madd4(a0, w2, x2[0]);
            madd4(a1, w2, x2[1]);
            madd4(a2, w2, x2[2]);
            madd4(a3, w2, x2[3]);
            madd4(a4, w2, x2[4]);
        }
    }
    copy4(y, a0);
    copy4(y + 5, a1);
    copy4(y + 10, a2);
    copy4(y + 15, a3);
    copy4(y + 20, a4);
}

/* conv1: 30x30x1 -> 28x28x5, 35280 multiply-adds. */
static void filters_conv1_forward(const real *restrict x, const real *restrict w, real *restrict y)
{
    for (int next = 0; next < 5; next += 4) {
        const int o = next < 1 ? next : 1; /* the last block overlaps the one before */
        for (int i = 0; i < 28; i++) {
            const real *xi = x + i*30;
            real *yi = y + i*140 + o;
            for (int j = 0; j < 3; j++) {
                filters_conv1_4x6(xi + j*6, w + o, yi + j*6*5);
            }
            for (int j = 0; j < 2; j++) {
                filters_conv1_4x5(xi + j*5 + 18, w + o, yi + (j*5 + 18)*5);
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
