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
 * Predict needs 9152 bytes of scratch (buffers alive at once: 9088).
 * A training step on 32 samples needs a tape of 236848 bytes. Loss: binary_cross_entropy. Optimizer: adam.
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
#elif defined(__ARM_NEON) && !defined(__aarch64__) && !defined(__clang__) && !defined(__FAST_MATH__)
#define VECTOR_BYTES 0 /* 32-bit NEON has no denormals, so gcc takes vectors of floats apart again */
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
#if VECTOR_BYTES == 16 && defined(__ARM_FEATURE_MVE) && !defined(__clang__)
#define NAME_HELIUM 1 /* gcc 12 gets masks of Helium wrong (only the first lane of a > b is compared), unless the instructions are named */
#include <arm_mve.h>
#else
#define NAME_HELIUM 0
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
#else
typedef real v4 __attribute__((vector_size(16), aligned(sizeof(real)), may_alias));
enum { L4 = 16 / (int)sizeof(real) };
typedef int32_t m4 __attribute__((vector_size(sizeof(v4)), aligned(sizeof(real)), may_alias));
static inline v4 load4(const real *x)
{
    return *(const v4 *)(const void *)x;
}
#if VECTOR_BYTES >= 32
/* All bits of the first n lanes. */
static inline m4 mask4(int n)
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
        _mm_maskstore_ps(y, (__m128i)mask4(n), (__m128)a);
#else
        for (int lane = 0; lane < L4 && lane < n; lane++) {
            y[lane] = a[lane];
        }
#endif
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
static inline v16 relu16(v16 a)
{
    return a < 0 ? 0 : a;
}
/* b where it is larger, else a: a NaN in b never wins. */
static inline v16 max16(v16 a, v16 b)
{
    return b > a ? b : a;
}
/* g where x is positive, else 0. */
static inline v16 pass16(v16 x, v16 g)
{
    return x > 0 ? g : 0;
}
/* The larger of a and b; where that is b, k goes into which. */
static inline v16 larger16(v16 a, v16 b, int k, m16 *which)
{
    *which = b > a ? k : *which;
    return b > a ? b : a;
}
/* The first lanes of which, at most n, as bytes. */
static inline void mark16(unsigned char *y, m16 which, int n)
{
    (void)n;
    *y = (unsigned char)which;
}
/* The even lanes of a, then of b. */
static inline v16 even16(v16 a, v16 b)
{
    (void)b;
    return a;
}
/* The odd lanes of a, then of b. */
static inline v16 odd16(v16 a, v16 b)
{
    (void)a;
    return b;
}
/* Lanes of a and b in turn, from their lower halves. */
static inline v16 lower16(v16 a, v16 b)
{
    (void)b;
    return a;
}
/* Lanes of a and b in turn, from their upper halves. */
static inline v16 upper16(v16 a, v16 b)
{
    (void)a;
    return b;
}
/* The first n lanes of a, zeros in the others. */
static inline v16 first16(v16 a, int n)
{
    return n > 0 ? a : 0;
}
/* The lanes of a that still lie in y, which ends n floats from here or before. */
static inline void within16(real *y, v16 a, int n)
{
    if (n > 0) {
        *y = a;
    }
}
/* Bytes that mark16 wrote. */
static inline m16 marked16(const unsigned char *y)
{
    return *y;
}
/* a where which is k, else 0. */
static inline v16 where16(m16 which, int k, v16 a)
{
    return which == k ? a : 0;
}
#else
#define V16_BYTES (VECTOR_BYTES < 64 ? VECTOR_BYTES : 64)
typedef real v16 __attribute__((vector_size(V16_BYTES), aligned(sizeof(real)), may_alias));
enum { L16 = V16_BYTES / (int)sizeof(real) };
typedef int32_t m16 __attribute__((vector_size(sizeof(v16)), aligned(sizeof(real)), may_alias));
typedef unsigned char b16 __attribute__((vector_size(sizeof(v16) / sizeof(real)), aligned(1), may_alias));
static inline v16 load16(const real *x)
{
    return *(const v16 *)(const void *)x;
}
static inline void put16(real *y, v16 a)
{
    *(v16 *)(void *)y = a;
}
/* All bits of the lanes where a > b. */
static inline m16 above16(v16 a, v16 b)
{
#if NAME_HELIUM
    const mve_pred16_t lanes = vcmpgtq_f32((float32x4_t)a, (float32x4_t)b);
    return (m16)vpselq_s32(vdupq_n_s32(-1), vdupq_n_s32(0), lanes);
#else
    return (m16)(a > b);
#endif
}
static inline v16 relu16(v16 a)
{
    return (v16)(~above16((v16){0}, a) & (m16)a);
}
/* b where it is larger, else a: a NaN in b never wins. */
static inline v16 max16(v16 a, v16 b)
{
    const m16 larger = above16(b, a);
    return (v16)((larger & (m16)b) | (~larger & (m16)a));
}
/* g where x is positive, else 0. */
static inline v16 pass16(v16 x, v16 g)
{
    return (v16)(above16(x, (v16){0}) & (m16)g);
}
/* The larger of a and b; where that is b, k goes into which. */
static inline v16 larger16(v16 a, v16 b, int k, m16 *which)
{
    const m16 here = above16(b, a);
    *which = (here & k) | (~here & *which);
    return (v16)((here & (m16)b) | (~here & (m16)a));
}
/* The first lanes of which, at most n, as bytes. */
static inline void mark16(unsigned char *y, m16 which, int n)
{
    if (n >= L16) {
        *(b16 *)(void *)y = __builtin_convertvector(which, b16);
    } else {
        for (int lane = 0; lane < L16 && lane < n; lane++) {
            y[lane] = (unsigned char)which[lane];
        }
    }
}
/* The even lanes of a, then of b. */
static inline v16 even16(v16 a, v16 b)
{
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 12
    v16 c = {0};
    for (int k = 0; k < L16; k++) {
        const int from = 2 * k;
        c[k] = from < L16 ? a[from] : b[from - L16];
    }
    return c;
#elif V16_BYTES == 64
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
#elif V16_BYTES == 32
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
#else
    return __builtin_shufflevector(a, b, 0, 2, 4, 6);
#endif
}
/* The odd lanes of a, then of b. */
static inline v16 odd16(v16 a, v16 b)
{
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 12
    v16 c = {0};
    for (int k = 0; k < L16; k++) {
        const int from = 2 * k + 1;
        c[k] = from < L16 ? a[from] : b[from - L16];
    }
    return c;
#elif V16_BYTES == 64
    return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
#elif V16_BYTES == 32
    return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
#else
    return __builtin_shufflevector(a, b, 1, 3, 5, 7);
#endif
}
/* Lanes of a and b in turn, from their lower halves. */
static inline v16 lower16(v16 a, v16 b)
{
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 12
    v16 c = {0};
    for (int k = 0; k < L16; k++) {
        const int from = k / 2 + k % 2 * L16;
        c[k] = from < L16 ? a[from] : b[from - L16];
    }
    return c;
#elif V16_BYTES == 64
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#elif V16_BYTES == 32
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#else
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#endif
}
/* Lanes of a and b in turn, from their upper halves. */
static inline v16 upper16(v16 a, v16 b)
{
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 12
    v16 c = {0};
    for (int k = 0; k < L16; k++) {
        const int from = (k + L16) / 2 + k % 2 * L16;
        c[k] = from < L16 ? a[from] : b[from - L16];
    }
    return c;
#elif V16_BYTES == 64
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif V16_BYTES == 32
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}
/* The first n lanes of a, zeros in the others. */
static inline v16 first16(v16 a, int n)
{
#if NAME_HELIUM
    return (v16)vpselq_f32((float32x4_t)a, vdupq_n_f32(0), vctp32q(n > 0 ? (uint32_t)n : 0));
#else
    static const int32_t lanes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return (v16)((*(const m16 *)(const void *)lanes < n) & (m16)a);
#endif
}
/* The lanes of a that still lie in y, which ends n floats from here or before. */
static inline void within16(real *y, v16 a, int n)
{
    if (n >= L16) {
        *(v16 *)(void *)y = a;
    } else {
        for (int lane = 0; lane < L16; lane++) {
            if (lane < n) {
                y[lane] = a[lane];
            }
        }
    }
}
/* Bytes that mark16 wrote. */
static inline m16 marked16(const unsigned char *y)
{
    return __builtin_convertvector(*(const b16 *)(const void *)y, m16);
}
/* a where which is k, else 0. */
static inline v16 where16(m16 which, int k, v16 a)
{
    return (v16)((which == k) & (m16)a);
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

/* One vector of columns, 2 filters, 4 places of the pool. n: floats from y to its end. */
static inline void shapes_conv1_pool1_columns(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, int n)
{
    v16 a0_0 = (v16){0} + b[0];
    v16 a0_1 = (v16){0} + b[0];
    v16 a0_2 = (v16){0} + b[0];
    v16 a0_3 = (v16){0} + b[0];
    v16 a1_0 = (v16){0} + b[1];
    v16 a1_1 = (v16){0} + b[1];
    v16 a1_2 = (v16){0} + b[1];
    v16 a1_3 = (v16){0} + b[1];
    {
        const v16 x0 = load16(x);
        const v16 x1 = load16(x + 480);
        const v16 x2 = load16(x + 15);
        const v16 x3 = load16(x + 495);
        const real k0 = w[0];
        const real k1 = w[1];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 480);
        const v16 x1 = load16(x + 1);
        const v16 x2 = load16(x + 495);
        const v16 x3 = load16(x + 16);
        const real k0 = w[2];
        const real k1 = w[3];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 1);
        const v16 x1 = load16(x + 481);
        const v16 x2 = load16(x + 16);
        const v16 x3 = load16(x + 496);
        const real k0 = w[4];
        const real k1 = w[5];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 15);
        const v16 x1 = load16(x + 495);
        const v16 x2 = load16(x + 30);
        const v16 x3 = load16(x + 510);
        const real k0 = w[6];
        const real k1 = w[7];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 495);
        const v16 x1 = load16(x + 16);
        const v16 x2 = load16(x + 510);
        const v16 x3 = load16(x + 31);
        const real k0 = w[8];
        const real k1 = w[9];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 16);
        const v16 x1 = load16(x + 496);
        const v16 x2 = load16(x + 31);
        const v16 x3 = load16(x + 511);
        const real k0 = w[10];
        const real k1 = w[11];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 30);
        const v16 x1 = load16(x + 510);
        const v16 x2 = load16(x + 45);
        const v16 x3 = load16(x + 525);
        const real k0 = w[12];
        const real k1 = w[13];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 510);
        const v16 x1 = load16(x + 31);
        const v16 x2 = load16(x + 525);
        const v16 x3 = load16(x + 46);
        const real k0 = w[14];
        const real k1 = w[15];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 31);
        const v16 x1 = load16(x + 511);
        const v16 x2 = load16(x + 46);
        const v16 x3 = load16(x + 526);
        const real k0 = w[16];
        const real k1 = w[17];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    a0_0 = max16(a0_0, a0_1);
    a0_0 = max16(a0_0, a0_2);
    a0_0 = max16(a0_0, a0_3);
    a0_0 = relu16(a0_0);
    a1_0 = max16(a1_0, a1_1);
    a1_0 = max16(a1_0, a1_2);
    a1_0 = max16(a1_0, a1_3);
    a1_0 = relu16(a1_0);
    const v16 t1 = lower16(a0_0, a1_0);
    const v16 t2 = upper16(a0_0, a1_0);
    within16(y, t1, n);
    within16(y + L16, t2, n - L16);
}

/* conv1_pool1: 30x30x1 -> 14x14x2, 14112 multiply-adds, relu. */
static void shapes_conv1_pool1_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, real *restrict work)
{
    {
        const real *row = x;
        real *to = work;
        int m = 0;
        for (; m < 450 && (m + L16)*2 <= 900; m += L16) {
            const v16 x0 = load16(row + m*2);
            const v16 x1 = load16(row + m*2 + L16);
            const v16 t1 = even16(x0, x1);
            const v16 t2 = odd16(x0, x1);
            put16(to + m, t1);
            put16(to + m + 480, t2);
        }
        for (; m < 450; m++) {
            for (int q = 0; q < 2; q++) {
                to[q*480 + m] = row[m*2 + q];
            }
        }
    }
    for (int q = 0; q < 2; q++) {
        memset(work + q*480 + 450, 0, 30 * sizeof(real));
    }
    for (int i = 0; i < 14; i++) {
        for (int j = 0; j < 14; j += L16) {
            const int at = i*28 + j*2;
            shapes_conv1_pool1_columns(work + i*30 + j, w, b, y + at, 392 - at);
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

/* One vector of columns, 2 filters, 4 places of the pool. n: floats from y to its end; left: bytes from argmax to its end. */
static inline void shapes_conv1_pool1_train_columns(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, int n, unsigned char *restrict argmax, int left)
{
    v16 a0_0 = (v16){0} + b[0];
    v16 a0_1 = (v16){0} + b[0];
    v16 a0_2 = (v16){0} + b[0];
    v16 a0_3 = (v16){0} + b[0];
    v16 a1_0 = (v16){0} + b[1];
    v16 a1_1 = (v16){0} + b[1];
    v16 a1_2 = (v16){0} + b[1];
    v16 a1_3 = (v16){0} + b[1];
    {
        const v16 x0 = load16(x);
        const v16 x1 = load16(x + 480);
        const v16 x2 = load16(x + 15);
        const v16 x3 = load16(x + 495);
        const real k0 = w[0];
        const real k1 = w[1];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 480);
        const v16 x1 = load16(x + 1);
        const v16 x2 = load16(x + 495);
        const v16 x3 = load16(x + 16);
        const real k0 = w[2];
        const real k1 = w[3];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 1);
        const v16 x1 = load16(x + 481);
        const v16 x2 = load16(x + 16);
        const v16 x3 = load16(x + 496);
        const real k0 = w[4];
        const real k1 = w[5];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 15);
        const v16 x1 = load16(x + 495);
        const v16 x2 = load16(x + 30);
        const v16 x3 = load16(x + 510);
        const real k0 = w[6];
        const real k1 = w[7];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 495);
        const v16 x1 = load16(x + 16);
        const v16 x2 = load16(x + 510);
        const v16 x3 = load16(x + 31);
        const real k0 = w[8];
        const real k1 = w[9];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 16);
        const v16 x1 = load16(x + 496);
        const v16 x2 = load16(x + 31);
        const v16 x3 = load16(x + 511);
        const real k0 = w[10];
        const real k1 = w[11];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 30);
        const v16 x1 = load16(x + 510);
        const v16 x2 = load16(x + 45);
        const v16 x3 = load16(x + 525);
        const real k0 = w[12];
        const real k1 = w[13];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 510);
        const v16 x1 = load16(x + 31);
        const v16 x2 = load16(x + 525);
        const v16 x3 = load16(x + 46);
        const real k0 = w[14];
        const real k1 = w[15];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    {
        const v16 x0 = load16(x + 31);
        const v16 x1 = load16(x + 511);
        const v16 x2 = load16(x + 46);
        const v16 x3 = load16(x + 526);
        const real k0 = w[16];
        const real k1 = w[17];
        a0_0 += k0 * x0; a0_1 += k0 * x1; a0_2 += k0 * x2; a0_3 += k0 * x3;
        a1_0 += k1 * x0; a1_1 += k1 * x1; a1_2 += k1 * x2; a1_3 += k1 * x3;
    }
    m16 which0 = {0};
    a0_0 = larger16(a0_0, a0_1, 1, &which0);
    a0_0 = larger16(a0_0, a0_2, 2, &which0);
    a0_0 = larger16(a0_0, a0_3, 3, &which0);
    a0_0 = relu16(a0_0);
    mark16(argmax, which0, left);
    m16 which1 = {0};
    a1_0 = larger16(a1_0, a1_1, 1, &which1);
    a1_0 = larger16(a1_0, a1_2, 2, &which1);
    a1_0 = larger16(a1_0, a1_3, 3, &which1);
    a1_0 = relu16(a1_0);
    mark16(argmax + 196, which1, left);
    const v16 t1 = lower16(a0_0, a1_0);
    const v16 t2 = upper16(a0_0, a1_0);
    within16(y, t1, n);
    within16(y + L16, t2, n - L16);
}

/* conv1_pool1: 30x30x1 -> 14x14x2, 14112 multiply-adds, relu. */
static void shapes_conv1_pool1_train_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y, unsigned char *restrict argmax, real *restrict work)
{
    {
        const real *row = x;
        real *to = work;
        int m = 0;
        for (; m < 450 && (m + L16)*2 <= 900; m += L16) {
            const v16 x0 = load16(row + m*2);
            const v16 x1 = load16(row + m*2 + L16);
            const v16 t1 = even16(x0, x1);
            const v16 t2 = odd16(x0, x1);
            put16(to + m, t1);
            put16(to + m + 480, t2);
        }
        for (; m < 450; m++) {
            for (int q = 0; q < 2; q++) {
                to[q*480 + m] = row[m*2 + q];
            }
        }
    }
    for (int q = 0; q < 2; q++) {
        memset(work + q*480 + 450, 0, 30 * sizeof(real));
    }
    for (int i = 0; i < 14; i++) {
        for (int j = 0; j < 14; j += L16) {
            const int at = i*28 + j*2;
            const int place = i*14 + j;
            shapes_conv1_pool1_train_columns(work + i*30 + j, w, b, y + at, 392 - at, argmax + place,
                196 - place);
        }
    }
}

/* Adds what one filter's g gives to 3 x 3 taps of a channel, a sum in every lane. */
static inline void shapes_conv1_pool1_dw_3(const real *restrict x, const real *restrict g,
    const unsigned char *restrict argmax, real *restrict sums)
{
    v16 a0_0 = load16(sums);
    v16 a0_1 = load16(sums + 2*L16);
    v16 a0_2 = load16(sums + 4*L16);
    v16 a1_0 = load16(sums + 6*L16);
    v16 a1_1 = load16(sums + 8*L16);
    v16 a1_2 = load16(sums + 10*L16);
    v16 a2_0 = load16(sums + 12*L16);
    v16 a2_1 = load16(sums + 14*L16);
    v16 a2_2 = load16(sums + 16*L16);
    for (int i = 0; i < 14; i++) {
        for (int j = 0; j < 14; j += L16) {
            const real *at = x + i*30 + j;
            const v16 t = first16(load16(g + i*14 + j), 14 - j);
            const m16 which = marked16(argmax + i*14 + j);
            {
                const v16 t0_0 = where16(which, 0, t);
                a0_0 += t0_0 * load16(at);
                a0_1 += t0_0 * load16(at + 480);
                a0_2 += t0_0 * load16(at + 1);
                a1_0 += t0_0 * load16(at + 15);
                a1_1 += t0_0 * load16(at + 495);
                a1_2 += t0_0 * load16(at + 16);
                a2_0 += t0_0 * load16(at + 30);
                a2_1 += t0_0 * load16(at + 510);
                a2_2 += t0_0 * load16(at + 31);
            }
            {
                const v16 t0_1 = where16(which, 1, t);
                a0_0 += t0_1 * load16(at + 480);
                a0_1 += t0_1 * load16(at + 1);
                a0_2 += t0_1 * load16(at + 481);
                a1_0 += t0_1 * load16(at + 495);
                a1_1 += t0_1 * load16(at + 16);
                a1_2 += t0_1 * load16(at + 496);
                a2_0 += t0_1 * load16(at + 510);
                a2_1 += t0_1 * load16(at + 31);
                a2_2 += t0_1 * load16(at + 511);
            }
            {
                const v16 t1_0 = where16(which, 2, t);
                a0_0 += t1_0 * load16(at + 15);
                a0_1 += t1_0 * load16(at + 495);
                a0_2 += t1_0 * load16(at + 16);
                a1_0 += t1_0 * load16(at + 30);
                a1_1 += t1_0 * load16(at + 510);
                a1_2 += t1_0 * load16(at + 31);
                a2_0 += t1_0 * load16(at + 45);
                a2_1 += t1_0 * load16(at + 525);
                a2_2 += t1_0 * load16(at + 46);
            }
            {
                const v16 t1_1 = where16(which, 3, t);
                a0_0 += t1_1 * load16(at + 495);
                a0_1 += t1_1 * load16(at + 16);
                a0_2 += t1_1 * load16(at + 496);
                a1_0 += t1_1 * load16(at + 510);
                a1_1 += t1_1 * load16(at + 31);
                a1_2 += t1_1 * load16(at + 511);
                a2_0 += t1_1 * load16(at + 525);
                a2_1 += t1_1 * load16(at + 46);
                a2_2 += t1_1 * load16(at + 526);
            }
        }
    }
    put16(sums, a0_0);
    put16(sums + 2*L16, a0_1);
    put16(sums + 4*L16, a0_2);
    put16(sums + 6*L16, a1_0);
    put16(sums + 8*L16, a1_1);
    put16(sums + 10*L16, a1_2);
    put16(sums + 12*L16, a2_0);
    put16(sums + 14*L16, a2_1);
    put16(sums + 16*L16, a2_2);
}

/* conv1_pool1: the sums over all samples go to the gradient. */
static void shapes_conv1_pool1_finish(real *restrict sums, real *restrict dw, real *restrict db)
{
    for (int k = 0; k < 18; k++) {
        for (int lane = 0; lane < L16; lane++) {
            dw[k] += sums[k * L16 + lane];
        }
    }
    for (int o = 0; o < 2; o++) {
        for (int lane = 0; lane < L16; lane++) {
            db[o] += sums[(18 + o) * L16 + lane];
        }
    }
}

/* conv1_pool1 backward: from dy, the gradient of its output (14x14x2). */
static void shapes_conv1_pool1_backward(const real *restrict x, const real *restrict y,
    real *restrict dy, const unsigned char *restrict argmax, real *restrict work,
    real *restrict sums)
{
    real *const g = work + 960;
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
    {
        const real *row = x;
        real *to = work;
        int m = 0;
        for (; m < 450 && (m + L16)*2 <= 900; m += L16) {
            const v16 x0 = load16(row + m*2);
            const v16 x1 = load16(row + m*2 + L16);
            const v16 t1 = even16(x0, x1);
            const v16 t2 = odd16(x0, x1);
            put16(to + m, t1);
            put16(to + m + 480, t2);
        }
        for (; m < 450; m++) {
            for (int q = 0; q < 2; q++) {
                to[q*480 + m] = row[m*2 + q];
            }
        }
    }
    for (int q = 0; q < 2; q++) {
        memset(work + q*480 + 450, 0, 30 * sizeof(real));
    }
    {
        const real *row = dy;
        real *to = g;
        int m = 0;
        for (; m < 196 && (m + L16)*2 <= 392; m += L16) {
            const v16 x0 = load16(row + m*2);
            const v16 x1 = load16(row + m*2 + L16);
            const v16 t1 = even16(x0, x1);
            const v16 t2 = odd16(x0, x1);
            put16(to + m, t1);
            put16(to + m + 224, t2);
        }
        for (; m < 196; m++) {
            for (int q = 0; q < 2; q++) {
                to[q*224 + m] = row[m*2 + q];
            }
        }
    }
    for (int q = 0; q < 2; q++) {
        memset(g + q*224 + 196, 0, 28 * sizeof(real));
    }
    for (int o = 0; o < 2; o++) {
        const real *const go = g + o*224;
        shapes_conv1_pool1_dw_3(work, go, argmax + o*196, sums + o*L16);
        {
            v16 sum = load16(sums + (o + 18)*L16);
            for (int i = 0; i < 14; i++) {
                for (int j = 0; j < 14; j += L16) {
                    sum += first16(load16(go + i*14 + j), 14 - j);
                }
            }
            put16(sums + (o + 18)*L16, sum);
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
    shapes_conv1_pad_forward(input, at + 960); /* 28x28x1 */
    shapes_conv1_pool1_forward(at + 960, p + conv1_kernel, p + conv1_bias, at + 1872, at); /* 14x14x2 */
    shapes_dense1_forward(at + 1872, p + dense1_kernel, p + dense1_bias, output); /* 1 */
}

const real *shapes_forward(const shapes_params *params, const real *inputs, int count, shapes_tape *tape)
{
    const real *const p = (const real *)(const void *)params;
    real *const at = tape->arena;
    for (int n = 0; n < count; n++) {
        shapes_conv1_pad_forward(inputs + (size_t)n * 784, at + (size_t)n * 900);
        shapes_conv1_pool1_train_forward(at + (size_t)n * 900, p + conv1_kernel, p + conv1_bias,
            at + (size_t)n * 392 + 28800, (unsigned char *)(at + (size_t)n * 98 + 53888), at + 41344);
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
    memset(at + 58432, 0, 320 * sizeof(real));
    for (int n = 0; n < count; n++) {
        shapes_conv1_pool1_backward(at + (size_t)n * 900, at + (size_t)n * 392 + 28800,
            at + (size_t)n * 392 + 41344, (const unsigned char *)(at + (size_t)n * 98 + 53888), at + 57024,
            at + 58432);
    }
    shapes_conv1_pool1_finish(at + 58432, g + conv1_kernel, g + conv1_bias);
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
