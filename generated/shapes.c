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
 * Predict needs 5312 bytes of scratch (buffers alive at once: 5248).
 * A training step on 32 samples needs a tape of 236208 bytes. Loss: binary_cross_entropy. Optimizer: adam.
 */
#include "shapes.h"

#include <float.h>
#include <string.h>
#include "cnn.h"

#if CNN_RUNTIME_VERSION != 1
#error "shapes.c needs version 1 of the cnngen runtime: generate it again"
#endif

typedef SHAPES_REAL real;

/* Vectors of floats. vN is the widest the target has of at most N floats (as bytes: 4 -> 16, 8 -> 32, 16 -> 64), LN how many values it
 * holds; mN is its mask. Any other compiler gets plain C on one value at a time. */
#if !defined(__GNUC__)
#define VECTOR_BYTES 0
#elif defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX__)
#define VECTOR_BYTES 32
#elif defined(__SSE2__) || defined(__ARM_NEON) || defined(__ALTIVEC__) || defined(__wasm_simd128__)
#define VECTOR_BYTES 16
#elif defined(__ARM_FEATURE_MVE) && __ARM_FEATURE_MVE > 1
#define VECTOR_BYTES 16
#else
#define VECTOR_BYTES 0
#endif
#if VECTOR_BYTES >= 32
#include <immintrin.h> /* for stores of the first lanes only */
#endif

#if VECTOR_BYTES == 0
typedef real v4;
typedef int m4;
enum { L4 = 1 };
static inline v4 load4(const real *x)
{
    return *x;
}
/* The first lanes of a, at most n. */
static inline void store4(real *y, v4 a, int n)
{
    (void)n;
    *y = a;
}
static inline v4 relu4(v4 a)
{
    return a < 0 ? 0 : a;
}
/* b where it is larger, else a: a NaN in b never wins. */
static inline v4 max4(v4 a, v4 b)
{
    return b > a ? b : a;
}
/* The larger of a and b; where that is b, k goes into which. */
static inline v4 larger4(v4 a, v4 b, int k, m4 *which)
{
    *which = b > a ? k : *which;
    return b > a ? b : a;
}
/* The first lanes of which, at most n, as bytes. */
static inline void mark4(unsigned char *y, m4 which, int n)
{
    (void)n;
    *y = (unsigned char)which;
}
#else
typedef real v4 __attribute__((vector_size(16), aligned(sizeof(real)), may_alias));
enum { L4 = 16 / (int)sizeof(real) };
typedef int32_t m4 __attribute__((vector_size(sizeof(v4)), aligned(sizeof(real)), may_alias));
typedef unsigned char b4 __attribute__((vector_size(sizeof(v4) / sizeof(real)), aligned(1), may_alias));
static inline v4 load4(const real *x)
{
    return *(const v4 *)(const void *)x;
}
#if VECTOR_BYTES >= 32
/* All bits of the first n lanes. */
static inline m4 first4(int n)
{
    static const int bits[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    return *(const m4 *)(const void *)(bits + 8 - n);
}
#endif
/* The first lanes of a, at most n. */
static inline void store4(real *y, v4 a, int n)
{
    if (n >= L4) {
        *(v4 *)(void *)y = a;
    } else {
#if VECTOR_BYTES >= 32
        _mm_maskstore_ps(y, (__m128i)first4(n), (__m128)a);
#else
        for (int lane = 0; lane < L4 && lane < n; lane++) {
            y[lane] = a[lane];
        }
#endif
    }
}
static inline v4 relu4(v4 a)
{
    return (v4)(~(a < (v4){0}) & (m4)a);
}
/* b where it is larger, else a: a NaN in b never wins. */
static inline v4 max4(v4 a, v4 b)
{
    const m4 larger = (m4)(b > a);
    return (v4)((larger & (m4)b) | (~larger & (m4)a));
}
/* The larger of a and b; where that is b, k goes into which. */
static inline v4 larger4(v4 a, v4 b, int k, m4 *which)
{
    const m4 here = (m4)(b > a);
    *which = (here & k) | (~here & *which);
    return (v4)((here & (m4)b) | (~here & (m4)a));
}
/* The first lanes of which, at most n, as bytes. */
static inline void mark4(unsigned char *y, m4 which, int n)
{
    if (n >= L4) {
        *(b4 *)(void *)y = __builtin_convertvector(which, b4);
    } else {
        for (int lane = 0; lane < L4 && lane < n; lane++) {
            y[lane] = (unsigned char)which[lane];
        }
    }
}
#endif

#if VECTOR_BYTES == 0
typedef real v16;
typedef int m16;
enum { L16 = 1 };
static inline v16 load16(const real *x)
{
    return *x;
}
static inline void put16(real *y, v16 a)
{
    *y = a;
}
/* g where x is positive, else 0. */
static inline v16 pass16(v16 x, v16 g)
{
    return x > 0 ? g : 0;
}
#else
#define V16_BYTES (VECTOR_BYTES < 64 ? VECTOR_BYTES : 64)
typedef real v16 __attribute__((vector_size(V16_BYTES), aligned(sizeof(real)), may_alias));
enum { L16 = V16_BYTES / (int)sizeof(real) };
typedef int32_t m16 __attribute__((vector_size(sizeof(v16)), aligned(sizeof(real)), may_alias));
static inline v16 load16(const real *x)
{
    return *(const v16 *)(const void *)x;
}
static inline void put16(real *y, v16 a)
{
    *(v16 *)(void *)y = a;
}
/* g where x is positive, else 0. */
static inline v16 pass16(v16 x, v16 g)
{
    return (v16)((m16)(x > 0) & (m16)g);
}
#endif

/* conv1_pad: 28x28x1 -> 28x28x1. */
static void shapes_conv1_pad_forward(const real *restrict x, real *restrict y)
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

/* 1 vector of channels x 12 pixels: the sum, the bias, relu, the pool, in registers. */
static inline void shapes_conv1_pool1_1x12(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, int n)
{
    v4 a0_0 = load4(b);
    v4 a1_0 = load4(b);
    v4 a2_0 = load4(b);
    v4 a3_0 = load4(b);
    v4 a4_0 = load4(b);
    v4 a5_0 = load4(b);
    v4 a6_0 = load4(b);
    v4 a7_0 = load4(b);
    v4 a8_0 = load4(b);
    v4 a9_0 = load4(b);
    v4 a10_0 = load4(b);
    v4 a11_0 = load4(b);
    {
        const v4 k0 = load4(w);
        a0_0 += x[0] * k0;
        a1_0 += x[1] * k0;
        a2_0 += x[30] * k0;
        a3_0 += x[31] * k0;
        a4_0 += x[2] * k0;
        a5_0 += x[3] * k0;
        a6_0 += x[32] * k0;
        a7_0 += x[33] * k0;
        a8_0 += x[4] * k0;
        a9_0 += x[5] * k0;
        a10_0 += x[34] * k0;
        a11_0 += x[35] * k0;
    }
    {
        const v4 k0 = load4(w + 2);
        a0_0 += x[1] * k0;
        a1_0 += x[2] * k0;
        a2_0 += x[31] * k0;
        a3_0 += x[32] * k0;
        a4_0 += x[3] * k0;
        a5_0 += x[4] * k0;
        a6_0 += x[33] * k0;
        a7_0 += x[34] * k0;
        a8_0 += x[5] * k0;
        a9_0 += x[6] * k0;
        a10_0 += x[35] * k0;
        a11_0 += x[36] * k0;
    }
    {
        const v4 k0 = load4(w + 4);
        a0_0 += x[2] * k0;
        a1_0 += x[3] * k0;
        a2_0 += x[32] * k0;
        a3_0 += x[33] * k0;
        a4_0 += x[4] * k0;
        a5_0 += x[5] * k0;
        a6_0 += x[34] * k0;
        a7_0 += x[35] * k0;
        a8_0 += x[6] * k0;
        a9_0 += x[7] * k0;
        a10_0 += x[36] * k0;
        a11_0 += x[37] * k0;
    }
    {
        const v4 k0 = load4(w + 6);
        a0_0 += x[30] * k0;
        a1_0 += x[31] * k0;
        a2_0 += x[60] * k0;
        a3_0 += x[61] * k0;
        a4_0 += x[32] * k0;
        a5_0 += x[33] * k0;
        a6_0 += x[62] * k0;
        a7_0 += x[63] * k0;
        a8_0 += x[34] * k0;
        a9_0 += x[35] * k0;
        a10_0 += x[64] * k0;
        a11_0 += x[65] * k0;
    }
    {
        const v4 k0 = load4(w + 8);
        a0_0 += x[31] * k0;
        a1_0 += x[32] * k0;
        a2_0 += x[61] * k0;
        a3_0 += x[62] * k0;
        a4_0 += x[33] * k0;
        a5_0 += x[34] * k0;
        a6_0 += x[63] * k0;
        a7_0 += x[64] * k0;
        a8_0 += x[35] * k0;
        a9_0 += x[36] * k0;
        a10_0 += x[65] * k0;
        a11_0 += x[66] * k0;
    }
    {
        const v4 k0 = load4(w + 10);
        a0_0 += x[32] * k0;
        a1_0 += x[33] * k0;
        a2_0 += x[62] * k0;
        a3_0 += x[63] * k0;
        a4_0 += x[34] * k0;
        a5_0 += x[35] * k0;
        a6_0 += x[64] * k0;
        a7_0 += x[65] * k0;
        a8_0 += x[36] * k0;
        a9_0 += x[37] * k0;
        a10_0 += x[66] * k0;
        a11_0 += x[67] * k0;
    }
    {
        const v4 k0 = load4(w + 12);
        a0_0 += x[60] * k0;
        a1_0 += x[61] * k0;
        a2_0 += x[90] * k0;
        a3_0 += x[91] * k0;
        a4_0 += x[62] * k0;
        a5_0 += x[63] * k0;
        a6_0 += x[92] * k0;
        a7_0 += x[93] * k0;
        a8_0 += x[64] * k0;
        a9_0 += x[65] * k0;
        a10_0 += x[94] * k0;
        a11_0 += x[95] * k0;
    }
    {
        const v4 k0 = load4(w + 14);
        a0_0 += x[61] * k0;
        a1_0 += x[62] * k0;
        a2_0 += x[91] * k0;
        a3_0 += x[92] * k0;
        a4_0 += x[63] * k0;
        a5_0 += x[64] * k0;
        a6_0 += x[93] * k0;
        a7_0 += x[94] * k0;
        a8_0 += x[65] * k0;
        a9_0 += x[66] * k0;
        a10_0 += x[95] * k0;
        a11_0 += x[96] * k0;
    }
    {
        const v4 k0 = load4(w + 16);
        a0_0 += x[62] * k0;
        a1_0 += x[63] * k0;
        a2_0 += x[92] * k0;
        a3_0 += x[93] * k0;
        a4_0 += x[64] * k0;
        a5_0 += x[65] * k0;
        a6_0 += x[94] * k0;
        a7_0 += x[95] * k0;
        a8_0 += x[66] * k0;
        a9_0 += x[67] * k0;
        a10_0 += x[96] * k0;
        a11_0 += x[97] * k0;
    }
    a0_0 = max4(a0_0, a1_0);
    a0_0 = max4(a0_0, a2_0);
    a0_0 = max4(a0_0, a3_0);
    store4(y, relu4(a0_0), n);
    a4_0 = max4(a4_0, a5_0);
    a4_0 = max4(a4_0, a6_0);
    a4_0 = max4(a4_0, a7_0);
    store4(y + 2, relu4(a4_0), n);
    a8_0 = max4(a8_0, a9_0);
    a8_0 = max4(a8_0, a10_0);
    a8_0 = max4(a8_0, a11_0);
    store4(y + 4, relu4(a8_0), n);
}

/* 1 vector of channels x 8 pixels: the sum, the bias, relu, the pool, in registers. */
static inline void shapes_conv1_pool1_1x8(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, int n)
{
    v4 a0_0 = load4(b);
    v4 a1_0 = load4(b);
    v4 a2_0 = load4(b);
    v4 a3_0 = load4(b);
    v4 a4_0 = load4(b);
    v4 a5_0 = load4(b);
    v4 a6_0 = load4(b);
    v4 a7_0 = load4(b);
    {
        const v4 k0 = load4(w);
        a0_0 += x[0] * k0;
        a1_0 += x[1] * k0;
        a2_0 += x[30] * k0;
        a3_0 += x[31] * k0;
        a4_0 += x[2] * k0;
        a5_0 += x[3] * k0;
        a6_0 += x[32] * k0;
        a7_0 += x[33] * k0;
    }
    {
        const v4 k0 = load4(w + 2);
        a0_0 += x[1] * k0;
        a1_0 += x[2] * k0;
        a2_0 += x[31] * k0;
        a3_0 += x[32] * k0;
        a4_0 += x[3] * k0;
        a5_0 += x[4] * k0;
        a6_0 += x[33] * k0;
        a7_0 += x[34] * k0;
    }
    {
        const v4 k0 = load4(w + 4);
        a0_0 += x[2] * k0;
        a1_0 += x[3] * k0;
        a2_0 += x[32] * k0;
        a3_0 += x[33] * k0;
        a4_0 += x[4] * k0;
        a5_0 += x[5] * k0;
        a6_0 += x[34] * k0;
        a7_0 += x[35] * k0;
    }
    {
        const v4 k0 = load4(w + 6);
        a0_0 += x[30] * k0;
        a1_0 += x[31] * k0;
        a2_0 += x[60] * k0;
        a3_0 += x[61] * k0;
        a4_0 += x[32] * k0;
        a5_0 += x[33] * k0;
        a6_0 += x[62] * k0;
        a7_0 += x[63] * k0;
    }
    {
        const v4 k0 = load4(w + 8);
        a0_0 += x[31] * k0;
        a1_0 += x[32] * k0;
        a2_0 += x[61] * k0;
        a3_0 += x[62] * k0;
        a4_0 += x[33] * k0;
        a5_0 += x[34] * k0;
        a6_0 += x[63] * k0;
        a7_0 += x[64] * k0;
    }
    {
        const v4 k0 = load4(w + 10);
        a0_0 += x[32] * k0;
        a1_0 += x[33] * k0;
        a2_0 += x[62] * k0;
        a3_0 += x[63] * k0;
        a4_0 += x[34] * k0;
        a5_0 += x[35] * k0;
        a6_0 += x[64] * k0;
        a7_0 += x[65] * k0;
    }
    {
        const v4 k0 = load4(w + 12);
        a0_0 += x[60] * k0;
        a1_0 += x[61] * k0;
        a2_0 += x[90] * k0;
        a3_0 += x[91] * k0;
        a4_0 += x[62] * k0;
        a5_0 += x[63] * k0;
        a6_0 += x[92] * k0;
        a7_0 += x[93] * k0;
    }
    {
        const v4 k0 = load4(w + 14);
        a0_0 += x[61] * k0;
        a1_0 += x[62] * k0;
        a2_0 += x[91] * k0;
        a3_0 += x[92] * k0;
        a4_0 += x[63] * k0;
        a5_0 += x[64] * k0;
        a6_0 += x[93] * k0;
        a7_0 += x[94] * k0;
    }
    {
        const v4 k0 = load4(w + 16);
        a0_0 += x[62] * k0;
        a1_0 += x[63] * k0;
        a2_0 += x[92] * k0;
        a3_0 += x[93] * k0;
        a4_0 += x[64] * k0;
        a5_0 += x[65] * k0;
        a6_0 += x[94] * k0;
        a7_0 += x[95] * k0;
    }
    a0_0 = max4(a0_0, a1_0);
    a0_0 = max4(a0_0, a2_0);
    a0_0 = max4(a0_0, a3_0);
    store4(y, relu4(a0_0), n);
    a4_0 = max4(a4_0, a5_0);
    a4_0 = max4(a4_0, a6_0);
    a4_0 = max4(a4_0, a7_0);
    store4(y + 2, relu4(a4_0), n);
}

/* conv1_pool1: 30x30x1 -> 14x14x2, 14112 multiply-adds, relu. */
static void shapes_conv1_pool1_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y)
{
    int o = 0;
    for (; o < 2; o += L4) {
        for (int i = 0; i < 14; i++) {
            const real *xi = x + i*60;
            real *yi = y + i*28 + o;
            for (int j = 0; j < 4; j++) {
                shapes_conv1_pool1_1x12(xi + j*3*2, w + o, b + o, yi + j*3*2, 2 - o);
            }
            shapes_conv1_pool1_1x8(xi + 24, w + o, b + o, yi + 24, 2 - o);
        }
    }
}

/* 1 vector of outputs, one sample, 8 sums side by side. */
static inline void shapes_dense1_1x1(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, int n)
{
    v4 a0_0 = load4(b);
    v4 a1_0 = (v4){0};
    v4 a2_0 = (v4){0};
    v4 a3_0 = (v4){0};
    v4 a4_0 = (v4){0};
    v4 a5_0 = (v4){0};
    v4 a6_0 = (v4){0};
    v4 a7_0 = (v4){0};
    for (int r1 = 0; r1 < 49; r1++) {
        const real *x1 = x + r1*8, *w1 = w + r1*8;
        a0_0 += x1[0] * load4(w1);
        a1_0 += x1[1] * load4(w1 + 1);
        a2_0 += x1[2] * load4(w1 + 2);
        a3_0 += x1[3] * load4(w1 + 3);
        a4_0 += x1[4] * load4(w1 + 4);
        a5_0 += x1[5] * load4(w1 + 5);
        a6_0 += x1[6] * load4(w1 + 6);
        a7_0 += x1[7] * load4(w1 + 7);
    }
    a0_0 += a4_0;
    a1_0 += a5_0;
    a2_0 += a6_0;
    a3_0 += a7_0;
    a0_0 += a2_0;
    a1_0 += a3_0;
    a0_0 += a1_0;
    store4(y, a0_0, n);
}

/* dense1: 392 -> 1, 392 multiply-adds, sigmoid. */
static void shapes_dense1_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y)
{
    for (int o = 0; o < 1;) {
        shapes_dense1_1x1(x, w + o, b + o, y + o, 1 - o);
        o += L4;
    }
    {
        real *v = y;
        for (int k = 0; k < 1; k++) {
            v[k] = cnn_sigmoid(v[k]);
        }
    }
}

/* 1 vector of channels x 12 pixels: the sum, the bias, relu, the pool, in registers. */
static inline void shapes_conv1_pool1_train_1x12(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, unsigned char *restrict argmax, int n)
{
    v4 a0_0 = load4(b);
    v4 a1_0 = load4(b);
    v4 a2_0 = load4(b);
    v4 a3_0 = load4(b);
    v4 a4_0 = load4(b);
    v4 a5_0 = load4(b);
    v4 a6_0 = load4(b);
    v4 a7_0 = load4(b);
    v4 a8_0 = load4(b);
    v4 a9_0 = load4(b);
    v4 a10_0 = load4(b);
    v4 a11_0 = load4(b);
    {
        const v4 k0 = load4(w);
        a0_0 += x[0] * k0;
        a1_0 += x[1] * k0;
        a2_0 += x[30] * k0;
        a3_0 += x[31] * k0;
        a4_0 += x[2] * k0;
        a5_0 += x[3] * k0;
        a6_0 += x[32] * k0;
        a7_0 += x[33] * k0;
        a8_0 += x[4] * k0;
        a9_0 += x[5] * k0;
        a10_0 += x[34] * k0;
        a11_0 += x[35] * k0;
    }
    {
        const v4 k0 = load4(w + 2);
        a0_0 += x[1] * k0;
        a1_0 += x[2] * k0;
        a2_0 += x[31] * k0;
        a3_0 += x[32] * k0;
        a4_0 += x[3] * k0;
        a5_0 += x[4] * k0;
        a6_0 += x[33] * k0;
        a7_0 += x[34] * k0;
        a8_0 += x[5] * k0;
        a9_0 += x[6] * k0;
        a10_0 += x[35] * k0;
        a11_0 += x[36] * k0;
    }
    {
        const v4 k0 = load4(w + 4);
        a0_0 += x[2] * k0;
        a1_0 += x[3] * k0;
        a2_0 += x[32] * k0;
        a3_0 += x[33] * k0;
        a4_0 += x[4] * k0;
        a5_0 += x[5] * k0;
        a6_0 += x[34] * k0;
        a7_0 += x[35] * k0;
        a8_0 += x[6] * k0;
        a9_0 += x[7] * k0;
        a10_0 += x[36] * k0;
        a11_0 += x[37] * k0;
    }
    {
        const v4 k0 = load4(w + 6);
        a0_0 += x[30] * k0;
        a1_0 += x[31] * k0;
        a2_0 += x[60] * k0;
        a3_0 += x[61] * k0;
        a4_0 += x[32] * k0;
        a5_0 += x[33] * k0;
        a6_0 += x[62] * k0;
        a7_0 += x[63] * k0;
        a8_0 += x[34] * k0;
        a9_0 += x[35] * k0;
        a10_0 += x[64] * k0;
        a11_0 += x[65] * k0;
    }
    {
        const v4 k0 = load4(w + 8);
        a0_0 += x[31] * k0;
        a1_0 += x[32] * k0;
        a2_0 += x[61] * k0;
        a3_0 += x[62] * k0;
        a4_0 += x[33] * k0;
        a5_0 += x[34] * k0;
        a6_0 += x[63] * k0;
        a7_0 += x[64] * k0;
        a8_0 += x[35] * k0;
        a9_0 += x[36] * k0;
        a10_0 += x[65] * k0;
        a11_0 += x[66] * k0;
    }
    {
        const v4 k0 = load4(w + 10);
        a0_0 += x[32] * k0;
        a1_0 += x[33] * k0;
        a2_0 += x[62] * k0;
        a3_0 += x[63] * k0;
        a4_0 += x[34] * k0;
        a5_0 += x[35] * k0;
        a6_0 += x[64] * k0;
        a7_0 += x[65] * k0;
        a8_0 += x[36] * k0;
        a9_0 += x[37] * k0;
        a10_0 += x[66] * k0;
        a11_0 += x[67] * k0;
    }
    {
        const v4 k0 = load4(w + 12);
        a0_0 += x[60] * k0;
        a1_0 += x[61] * k0;
        a2_0 += x[90] * k0;
        a3_0 += x[91] * k0;
        a4_0 += x[62] * k0;
        a5_0 += x[63] * k0;
        a6_0 += x[92] * k0;
        a7_0 += x[93] * k0;
        a8_0 += x[64] * k0;
        a9_0 += x[65] * k0;
        a10_0 += x[94] * k0;
        a11_0 += x[95] * k0;
    }
    {
        const v4 k0 = load4(w + 14);
        a0_0 += x[61] * k0;
        a1_0 += x[62] * k0;
        a2_0 += x[91] * k0;
        a3_0 += x[92] * k0;
        a4_0 += x[63] * k0;
        a5_0 += x[64] * k0;
        a6_0 += x[93] * k0;
        a7_0 += x[94] * k0;
        a8_0 += x[65] * k0;
        a9_0 += x[66] * k0;
        a10_0 += x[95] * k0;
        a11_0 += x[96] * k0;
    }
    {
        const v4 k0 = load4(w + 16);
        a0_0 += x[62] * k0;
        a1_0 += x[63] * k0;
        a2_0 += x[92] * k0;
        a3_0 += x[93] * k0;
        a4_0 += x[64] * k0;
        a5_0 += x[65] * k0;
        a6_0 += x[94] * k0;
        a7_0 += x[95] * k0;
        a8_0 += x[66] * k0;
        a9_0 += x[67] * k0;
        a10_0 += x[96] * k0;
        a11_0 += x[97] * k0;
    }
    {
        m4 which = {0};
        a0_0 = larger4(a0_0, a1_0, 1, &which);
        a0_0 = larger4(a0_0, a2_0, 2, &which);
        a0_0 = larger4(a0_0, a3_0, 3, &which);
        mark4(argmax, which, n);
    }
    store4(y, relu4(a0_0), n);
    {
        m4 which = {0};
        a4_0 = larger4(a4_0, a5_0, 1, &which);
        a4_0 = larger4(a4_0, a6_0, 2, &which);
        a4_0 = larger4(a4_0, a7_0, 3, &which);
        mark4(argmax + 2, which, n);
    }
    store4(y + 2, relu4(a4_0), n);
    {
        m4 which = {0};
        a8_0 = larger4(a8_0, a9_0, 1, &which);
        a8_0 = larger4(a8_0, a10_0, 2, &which);
        a8_0 = larger4(a8_0, a11_0, 3, &which);
        mark4(argmax + 4, which, n);
    }
    store4(y + 4, relu4(a8_0), n);
}

/* 1 vector of channels x 8 pixels: the sum, the bias, relu, the pool, in registers. */
static inline void shapes_conv1_pool1_train_1x8(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, unsigned char *restrict argmax, int n)
{
    v4 a0_0 = load4(b);
    v4 a1_0 = load4(b);
    v4 a2_0 = load4(b);
    v4 a3_0 = load4(b);
    v4 a4_0 = load4(b);
    v4 a5_0 = load4(b);
    v4 a6_0 = load4(b);
    v4 a7_0 = load4(b);
    {
        const v4 k0 = load4(w);
        a0_0 += x[0] * k0;
        a1_0 += x[1] * k0;
        a2_0 += x[30] * k0;
        a3_0 += x[31] * k0;
        a4_0 += x[2] * k0;
        a5_0 += x[3] * k0;
        a6_0 += x[32] * k0;
        a7_0 += x[33] * k0;
    }
    {
        const v4 k0 = load4(w + 2);
        a0_0 += x[1] * k0;
        a1_0 += x[2] * k0;
        a2_0 += x[31] * k0;
        a3_0 += x[32] * k0;
        a4_0 += x[3] * k0;
        a5_0 += x[4] * k0;
        a6_0 += x[33] * k0;
        a7_0 += x[34] * k0;
    }
    {
        const v4 k0 = load4(w + 4);
        a0_0 += x[2] * k0;
        a1_0 += x[3] * k0;
        a2_0 += x[32] * k0;
        a3_0 += x[33] * k0;
        a4_0 += x[4] * k0;
        a5_0 += x[5] * k0;
        a6_0 += x[34] * k0;
        a7_0 += x[35] * k0;
    }
    {
        const v4 k0 = load4(w + 6);
        a0_0 += x[30] * k0;
        a1_0 += x[31] * k0;
        a2_0 += x[60] * k0;
        a3_0 += x[61] * k0;
        a4_0 += x[32] * k0;
        a5_0 += x[33] * k0;
        a6_0 += x[62] * k0;
        a7_0 += x[63] * k0;
    }
    {
        const v4 k0 = load4(w + 8);
        a0_0 += x[31] * k0;
        a1_0 += x[32] * k0;
        a2_0 += x[61] * k0;
        a3_0 += x[62] * k0;
        a4_0 += x[33] * k0;
        a5_0 += x[34] * k0;
        a6_0 += x[63] * k0;
        a7_0 += x[64] * k0;
    }
    {
        const v4 k0 = load4(w + 10);
        a0_0 += x[32] * k0;
        a1_0 += x[33] * k0;
        a2_0 += x[62] * k0;
        a3_0 += x[63] * k0;
        a4_0 += x[34] * k0;
        a5_0 += x[35] * k0;
        a6_0 += x[64] * k0;
        a7_0 += x[65] * k0;
    }
    {
        const v4 k0 = load4(w + 12);
        a0_0 += x[60] * k0;
        a1_0 += x[61] * k0;
        a2_0 += x[90] * k0;
        a3_0 += x[91] * k0;
        a4_0 += x[62] * k0;
        a5_0 += x[63] * k0;
        a6_0 += x[92] * k0;
        a7_0 += x[93] * k0;
    }
    {
        const v4 k0 = load4(w + 14);
        a0_0 += x[61] * k0;
        a1_0 += x[62] * k0;
        a2_0 += x[91] * k0;
        a3_0 += x[92] * k0;
        a4_0 += x[63] * k0;
        a5_0 += x[64] * k0;
        a6_0 += x[93] * k0;
        a7_0 += x[94] * k0;
    }
    {
        const v4 k0 = load4(w + 16);
        a0_0 += x[62] * k0;
        a1_0 += x[63] * k0;
        a2_0 += x[92] * k0;
        a3_0 += x[93] * k0;
        a4_0 += x[64] * k0;
        a5_0 += x[65] * k0;
        a6_0 += x[94] * k0;
        a7_0 += x[95] * k0;
    }
    {
        m4 which = {0};
        a0_0 = larger4(a0_0, a1_0, 1, &which);
        a0_0 = larger4(a0_0, a2_0, 2, &which);
        a0_0 = larger4(a0_0, a3_0, 3, &which);
        mark4(argmax, which, n);
    }
    store4(y, relu4(a0_0), n);
    {
        m4 which = {0};
        a4_0 = larger4(a4_0, a5_0, 1, &which);
        a4_0 = larger4(a4_0, a6_0, 2, &which);
        a4_0 = larger4(a4_0, a7_0, 3, &which);
        mark4(argmax + 2, which, n);
    }
    store4(y + 2, relu4(a4_0), n);
}

/* conv1_pool1: 30x30x1 -> 14x14x2, 14112 multiply-adds, relu. */
static void shapes_conv1_pool1_train_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, unsigned char *restrict argmax)
{
    int o = 0;
    for (; o < 2; o += L4) {
        for (int i = 0; i < 14; i++) {
            const real *xi = x + i*60;
            real *yi = y + i*28 + o;
            unsigned char *ai = argmax + i*28 + o;
            for (int j = 0; j < 4; j++) {
                shapes_conv1_pool1_train_1x12(xi + j*3*2, w + o, b + o, yi + j*3*2, ai + j*3*2, 2 - o);
            }
            shapes_conv1_pool1_train_1x8(xi + 24, w + o, b + o, yi + 24, ai + 24, 2 - o);
        }
    }
}

/* Gradient of 3 taps x 1 vector of filters, summed over the image. */
static inline void shapes_conv1_pool1_dw_1x3(const real *restrict x, const real *restrict w,
    real *restrict y, int n)
{
    v4 a0_0 = load4(y);
    v4 a1_0 = load4(y + 2);
    v4 a2_0 = load4(y + 4);
    for (int r1 = 0; r1 < 28; r1++) {
        const real *x1 = x + r1*30, *w1 = w + r1*56;
        for (int r2 = 0; r2 < 28; r2++) {
            const real *x2 = x1 + r2, *w2 = w1 + r2*2;
            const v4 k0 = load4(w2);
            a0_0 += x2[0] * k0;
            a1_0 += x2[1] * k0;
            a2_0 += x2[2] * k0;
        }
    }
    store4(y, a0_0, n);
    store4(y + 2, a1_0, n);
    store4(y + 4, a2_0, n);
}

/* conv1_pool1 backward: from dy, the gradient of its output (14x14x2). */
static void shapes_conv1_pool1_backward(const real *restrict x, const real *restrict y,
    real *restrict dy, const unsigned char *restrict argmax, real *restrict work,
    real *restrict dw, real *restrict db)
{
    for (int i = 0; i < 14; i++) {
        const real *v = y + i*28;
        real *dv = dy + i*28;
        int k = 0;
        for (; k + L16 <= 28; k += L16) {
            put16(dv + k, pass16(load16(v + k), load16(dv + k)));
        }
        for (; k < 28; k++) {
            dv[k] = v[k] > 0 ? dv[k] : 0;
        }
    }
    for (int o = 0; o < 2; o += L4) {
        v4 sum = load4(db + o);
        for (int i = 0; i < 14; i++) {
            for (int j = 0; j < 14; j++) {
                sum += load4(dy + i*28 + j*2 + o);
            }
        }
        store4(db + o, sum, 2 - o);
    }
    memset(work, 0, 1568 * sizeof(real));
    for (int i = 0; i < 14; i++) {
        for (int j = 0; j < 14; j++) {
            for (int o = 0; o < 2; o++) {
                const int k = argmax[i*28 + j*2 + o];
                work[(i*2 + k / 2)*56 + (j*2 + k % 2)*2 + o] = dy[i*28 + j*2 + o];
            }
        }
    }
    {
        int o = 0;
        for (; o < 2; o += L4) {
            for (int ki = 0; ki < 3; ki++) {
                shapes_conv1_pool1_dw_1x3(x + ki*30, work + o, dw + ki*3*2 + o, 2 - o);
            }
        }
    }
}

/* 1 vector of outputs x 4 samples. */
static inline void shapes_dense1_train_1x4(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, int n)
{
    v4 a0_0 = load4(b);
    v4 a1_0 = load4(b);
    v4 a2_0 = load4(b);
    v4 a3_0 = load4(b);
    for (int r1 = 0; r1 < 392; r1++) {
        const real *x1 = x + r1, *w1 = w + r1;
        const v4 k0 = load4(w1);
        a0_0 += x1[0] * k0;
        a1_0 += x1[392] * k0;
        a2_0 += x1[784] * k0;
        a3_0 += x1[1176] * k0;
    }
    store4(y, a0_0, n);
    store4(y + 1, a1_0, n);
    store4(y + 2, a2_0, n);
    store4(y + 3, a3_0, n);
}

/* 1 vector of outputs, one sample, 8 sums side by side. */
static inline void shapes_dense1_train_1x1(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, int n)
{
    v4 a0_0 = load4(b);
    v4 a1_0 = (v4){0};
    v4 a2_0 = (v4){0};
    v4 a3_0 = (v4){0};
    v4 a4_0 = (v4){0};
    v4 a5_0 = (v4){0};
    v4 a6_0 = (v4){0};
    v4 a7_0 = (v4){0};
    for (int r1 = 0; r1 < 49; r1++) {
        const real *x1 = x + r1*8, *w1 = w + r1*8;
        a0_0 += x1[0] * load4(w1);
        a1_0 += x1[1] * load4(w1 + 1);
        a2_0 += x1[2] * load4(w1 + 2);
        a3_0 += x1[3] * load4(w1 + 3);
        a4_0 += x1[4] * load4(w1 + 4);
        a5_0 += x1[5] * load4(w1 + 5);
        a6_0 += x1[6] * load4(w1 + 6);
        a7_0 += x1[7] * load4(w1 + 7);
    }
    a0_0 += a4_0;
    a1_0 += a5_0;
    a2_0 += a6_0;
    a3_0 += a7_0;
    a0_0 += a2_0;
    a1_0 += a3_0;
    a0_0 += a1_0;
    store4(y, a0_0, n);
}

/* dense1: 392 -> 1, 392 multiply-adds, sigmoid. */
static void shapes_dense1_train_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, int count)
{
    int n = 0;
    for (; n + 4 <= count; n += 4) {
        const real *xn = x + (size_t)n * 392;
        real *yn = y + (size_t)n * 1;
        for (int o = 0; o < 1;) {
            shapes_dense1_train_1x4(xn, w + o, b + o, yn + o, 1 - o);
            o += L4;
        }
    }
    for (; n < count; n++) {
        const real *xn = x + (size_t)n * 392;
        real *yn = y + (size_t)n * 1;
        for (int o = 0; o < 1;) {
            shapes_dense1_train_1x1(xn, w + o, b + o, yn + o, 1 - o);
            o += L4;
        }
    }
    for (int s = 0; s < count; s++) {
        real *v = y + s;
        for (int k = 0; k < 1; k++) {
            v[k] = cnn_sigmoid(v[k]);
        }
    }
}

/* Gradient of 12 rows of w x 1 vector of outputs, summed over samples. */
static inline void shapes_dense1_dw_1x12(const real *restrict x, const real *restrict w,
    real *restrict y, int n, int count)
{
    v4 a0_0 = load4(y);
    v4 a1_0 = load4(y + 1);
    v4 a2_0 = load4(y + 2);
    v4 a3_0 = load4(y + 3);
    v4 a4_0 = load4(y + 4);
    v4 a5_0 = load4(y + 5);
    v4 a6_0 = load4(y + 6);
    v4 a7_0 = load4(y + 7);
    v4 a8_0 = load4(y + 8);
    v4 a9_0 = load4(y + 9);
    v4 a10_0 = load4(y + 10);
    v4 a11_0 = load4(y + 11);
    for (int r1 = 0; r1 < count; r1++) {
        const real *x1 = x + r1*392, *w1 = w + r1;
        const v4 k0 = load4(w1);
        a0_0 += x1[0] * k0;
        a1_0 += x1[1] * k0;
        a2_0 += x1[2] * k0;
        a3_0 += x1[3] * k0;
        a4_0 += x1[4] * k0;
        a5_0 += x1[5] * k0;
        a6_0 += x1[6] * k0;
        a7_0 += x1[7] * k0;
        a8_0 += x1[8] * k0;
        a9_0 += x1[9] * k0;
        a10_0 += x1[10] * k0;
        a11_0 += x1[11] * k0;
    }
    store4(y, a0_0, n);
    store4(y + 1, a1_0, n);
    store4(y + 2, a2_0, n);
    store4(y + 3, a3_0, n);
    store4(y + 4, a4_0, n);
    store4(y + 5, a5_0, n);
    store4(y + 6, a6_0, n);
    store4(y + 7, a7_0, n);
    store4(y + 8, a8_0, n);
    store4(y + 9, a9_0, n);
    store4(y + 10, a10_0, n);
    store4(y + 11, a11_0, n);
}

/* Gradient of 11 rows of w x 1 vector of outputs, summed over samples. */
static inline void shapes_dense1_dw_1x11(const real *restrict x, const real *restrict w,
    real *restrict y, int n, int count)
{
    v4 a0_0 = load4(y);
    v4 a1_0 = load4(y + 1);
    v4 a2_0 = load4(y + 2);
    v4 a3_0 = load4(y + 3);
    v4 a4_0 = load4(y + 4);
    v4 a5_0 = load4(y + 5);
    v4 a6_0 = load4(y + 6);
    v4 a7_0 = load4(y + 7);
    v4 a8_0 = load4(y + 8);
    v4 a9_0 = load4(y + 9);
    v4 a10_0 = load4(y + 10);
    for (int r1 = 0; r1 < count; r1++) {
        const real *x1 = x + r1*392, *w1 = w + r1;
        const v4 k0 = load4(w1);
        a0_0 += x1[0] * k0;
        a1_0 += x1[1] * k0;
        a2_0 += x1[2] * k0;
        a3_0 += x1[3] * k0;
        a4_0 += x1[4] * k0;
        a5_0 += x1[5] * k0;
        a6_0 += x1[6] * k0;
        a7_0 += x1[7] * k0;
        a8_0 += x1[8] * k0;
        a9_0 += x1[9] * k0;
        a10_0 += x1[10] * k0;
    }
    store4(y, a0_0, n);
    store4(y + 1, a1_0, n);
    store4(y + 2, a2_0, n);
    store4(y + 3, a3_0, n);
    store4(y + 4, a4_0, n);
    store4(y + 5, a5_0, n);
    store4(y + 6, a6_0, n);
    store4(y + 7, a7_0, n);
    store4(y + 8, a8_0, n);
    store4(y + 9, a9_0, n);
    store4(y + 10, a10_0, n);
}

/* Gradient of 6 inputs for a vector of samples. */
static inline void shapes_dense1_dx_6(const real *restrict x, const real *restrict w,
    real *restrict y)
{
    v16 a0_0 = (v16){0};
    v16 a1_0 = (v16){0};
    v16 a2_0 = (v16){0};
    v16 a3_0 = (v16){0};
    v16 a4_0 = (v16){0};
    v16 a5_0 = (v16){0};
    const v16 k0 = load16(w);
    a0_0 += x[0] * k0;
    a1_0 += x[1] * k0;
    a2_0 += x[2] * k0;
    a3_0 += x[3] * k0;
    a4_0 += x[4] * k0;
    a5_0 += x[5] * k0;
    put16(y, a0_0);
    put16(y + 32, a1_0);
    put16(y + 64, a2_0);
    put16(y + 96, a3_0);
    put16(y + 128, a4_0);
    put16(y + 160, a5_0);
}

/* Gradient of 5 inputs for a vector of samples. */
static inline void shapes_dense1_dx_5(const real *restrict x, const real *restrict w,
    real *restrict y)
{
    v16 a0_0 = (v16){0};
    v16 a1_0 = (v16){0};
    v16 a2_0 = (v16){0};
    v16 a3_0 = (v16){0};
    v16 a4_0 = (v16){0};
    const v16 k0 = load16(w);
    a0_0 += x[0] * k0;
    a1_0 += x[1] * k0;
    a2_0 += x[2] * k0;
    a3_0 += x[3] * k0;
    a4_0 += x[4] * k0;
    put16(y, a0_0);
    put16(y + 32, a1_0);
    put16(y + 64, a2_0);
    put16(y + 96, a3_0);
    put16(y + 128, a4_0);
}

/* dense1 backward: from dy, the gradient of its output (1). */
static void shapes_dense1_backward(const real *restrict x, real *restrict dy,
    const real *restrict w, real *restrict dx, real *restrict dw, real *restrict db,
    real *restrict work, int count)
{
    for (int o = 0; o < 1; o += L4) {
        v4 sum = load4(db + o);
        for (int n = 0; n < count; n++) {
            sum += load4(dy + n + o);
        }
        store4(db + o, sum, 1 - o);
    }
    {
        int o = 0;
        for (; o < 1; o += L4) {
            for (int i = 0; i < 29; i++) {
                shapes_dense1_dw_1x12(x + i*12, dy + o, dw + i*12 + o, 1 - o, count);
            }
            for (int i = 0; i < 4; i++) {
                shapes_dense1_dw_1x11(x + i*11 + 348, dy + o, dw + i*11 + 348 + o, 1 - o, count);
            }
        }
    }
    {
        real *const turned = work; /* dy: outputs x samples */
        real *const part = work + 32;
        for (int n = 0; n < 32; n++) {
            for (int o = 0; o < 1; o++) {
                turned[o * 32 + n] = n < count ? dy[n + o] : 0;
            }
        }
        for (int t = 0; t < 62; t++) {
            const int i = t*6;
            for (int n = 0; n < count; n += L16) {
                shapes_dense1_dx_6(w + i * 1, turned + n, part + n);
            }
            for (int n = 0; n < count; n++) {
                for (int p = 0; p < 6; p++) {
                    dx[n*392 + i + p] = part[p * 32 + n];
                }
            }
        }
        for (int t = 0; t < 4; t++) {
            const int i = t*5 + 372;
            for (int n = 0; n < count; n += L16) {
                shapes_dense1_dx_5(w + i * 1, turned + n, part + n);
            }
            for (int n = 0; n < count; n++) {
                for (int p = 0; p < 5; p++) {
                    dx[n*392 + i + p] = part[p * 32 + n];
                }
            }
        }
    }
}

/* Where the tensors stand in the params struct, and in its gradients. */
enum {
    conv1_kernel = 0,
    conv1_bias = 18,
    dense1_kernel = 32,
    dense1_bias = 424,
};

void shapes_init(shapes_params *params, uint64_t seed)
{
    real *const p = (real *)(void *)params;
    uint64_t state = seed;
    memset(p, 0, sizeof *params);
    cnn_init_uniform(p + conv1_kernel, 18, 0.471404521f, &state);
    cnn_init_uniform(p + dense1_kernel, 392, 0.123560413f, &state);
}

void shapes_predict(const shapes_params *params, const real *input, real *output, shapes_scratch *scratch)
{
    const real *const p = (const real *)(const void *)params;
    real *const at = scratch->arena;
    shapes_conv1_pad_forward(input, at); /* 28x28x1 */
    shapes_conv1_pool1_forward(at, p + conv1_kernel, p + conv1_bias, at + 912); /* 14x14x2 */
    shapes_dense1_forward(at + 912, p + dense1_kernel, p + dense1_bias, output); /* 1 */
}

const real *shapes_forward(const shapes_params *params, const real *inputs, int count, shapes_tape *tape)
{
    const real *const p = (const real *)(const void *)params;
    real *const at = tape->arena;
    for (int n = 0; n < count; n++) {
        shapes_conv1_pad_forward(inputs + (size_t)n * 784, at + (size_t)n * 900);
        shapes_conv1_pool1_train_forward(at + (size_t)n * 900, p + conv1_kernel, p + conv1_bias,
            at + (size_t)n * 392 + 28800, (unsigned char *)(at + (size_t)n * 98 + 53888));
    }
    shapes_dense1_train_forward(at + 28800, p + dense1_kernel, p + dense1_bias, at + 57248, count);
    return at + 57248;
}

/* g: gradients of the trainable parameters, as they lie in the params struct. */
static real shapes_gradients(const shapes_params *params, const real *inputs, const real *targets,
    int count, shapes_tape *tape, real *g)
{
    real *const at = tape->arena;
    const real *const outputs = at + 57248;
    const real scale = 1 / (real)count;
    real loss = 0;
    const real *const p = (const real *)(const void *)params;
    (void)inputs;
    memset(g, 0, 425 * sizeof(real));
    for (int n = 0; n < count; n++) {
        const real *y = outputs + (size_t)n * 1, *t = targets + (size_t)n * 1;
        loss += cnn_binary_cross_entropy(y, t, 1);
        cnn_sigmoid_cross_entropy_grad(y, t, at + (size_t)n * 1 + 57280, 1, scale);
    }
    shapes_dense1_backward(at + 28800, at + 57280, p + dense1_kernel, at + 41344, g + dense1_kernel,
        g + dense1_bias, at + 57024, count);
    for (int n = 0; n < count; n++) {
        shapes_conv1_pool1_backward(at + (size_t)n * 900, at + (size_t)n * 392 + 28800,
            at + (size_t)n * 392 + 41344, (const unsigned char *)(at + (size_t)n * 98 + 53888), at + 57024,
            g + conv1_kernel, g + conv1_bias);
    }
    return loss * scale;
}

real shapes_backward(const shapes_params *params, const real *inputs, const real *targets, int count,
    shapes_tape *tape, shapes_params *grads)
{
    real *const g = (real *)(void *)grads;
    memset(g + 425, 0, 16 * sizeof(real));
    return shapes_gradients(params, inputs, targets, count, tape, g);
}

/* w: the parameters, g: their gradients. */
static void shapes_step(real *w, const real *g, shapes_optimizer *state, real lr)
{
    state->step++;
    cnn_adam(w, g, state->moment1, state->moment2, 425, lr, 0.9f, 0.999f, 1e-07f, state->step, 1, 0.0f);
}

void shapes_update(shapes_params *params, const shapes_params *grads, shapes_optimizer *state, real lr)
{
    shapes_step((real *)(void *)params, (const real *)(const void *)grads, state, lr);
}

real shapes_train_step(shapes_params *params, const real *inputs, const real *targets, int count,
    shapes_tape *tape, shapes_optimizer *state, real lr)
{
    real loss;
    shapes_forward(params, inputs, count, tape);
    loss = shapes_gradients(params, inputs, targets, count, tape, tape->grads);
    shapes_step((real *)(void *)params, tape->grads, state, lr);
    return loss;
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
