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
 * A training step on 1 sample needs a tape of 864 bytes. Loss: cross_entropy. Optimizer: sgd.
 */
#include "tiny.h"

#include <float.h>
#include <string.h>

#ifdef __cplusplus
#define restrict __restrict /* the name C++ compilers have for it */
#endif

typedef TINY_REAL real;
#define REAL_MAX FLT_MAX

/* From the runtime of cnngen: what this network calls. */
typedef float cnn_real;

#define CNN_MAX FLT_MAX
#define CNN_MIN FLT_MIN

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

/* 2*artanh(s) for |s| <= 0.1716. */
static cnn_real cnn_artanh2(cnn_real s)
{
    const cnn_real q = s * s;
    cnn_real p = 2.0f / 11.0f;
    p = p * q + CNN_C(2.0) / CNN_C(9.0);
    p = p * q + CNN_C(2.0) / CNN_C(7.0);
    p = p * q + CNN_C(2.0) / CNN_C(5.0);
    p = p * q + CNN_C(2.0) / CNN_C(3.0);
    return 2 * s + s * q * p;
}

/* The bits of sqrt(1/2) are taken off first, so that m lies in sqrt(1/2) .. sqrt(2) at once. */
static cnn_real cnn_log(cnn_real x)
{
    const cnn_real two72 = CNN_C(16777216.0) * CNN_C(16777216.0) * CNN_C(16777216.0);
    const int tiny = x < CNN_MIN;
    cnn_real m = x * (tiny ? two72 : 1);
    const uint32_t start = UINT32_C(0x3f3504f3);
    uint32_t bits;
    memcpy(&bits, &m, sizeof bits);
    bits += UINT32_C(0x3f800000) - start;
    const int e = (int)(bits >> 23) - 127 - (tiny ? 72 : 0);
    bits = (bits & UINT32_C(0x007fffff)) + start;
    memcpy(&m, &bits, sizeof m);
    const cnn_real k = (cnn_real)e, s = (m - 1) / (m + 1);
    cnn_real log = k * CNN_LN2_HIGH + (cnn_artanh2(s) + k * CNN_LN2_LOW);
    log = x > CNN_MAX ? x : log;
    log = x > 0 ? log : -(CNN_MAX * 2); /* of 0 */
    return x >= 0 ? log : (x - x) / (x - x);
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

/* Away from 0 and 1, where the logarithm ends. */
static cnn_real cnn_probability(cnn_real y)
{
    const cnn_real least = (cnn_real)1e-7;
    return y < least ? least : y > 1 - least ? 1 - least : y;
}

static cnn_real cnn_cross_entropy(const cnn_real *y, const cnn_real *t, size_t n)
{
    cnn_real sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum -= t[i] >= 0 && t[i] <= 0 ? 0 : t[i] * cnn_log(cnn_probability(y[i]));
    }
    return sum;
}

static void cnn_softmax_cross_entropy_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy,
    size_t n, cnn_real scale)
{
    cnn_real sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += t[i];
    }
    for (size_t i = 0; i < n; i++) {
        dy[i] = scale * (y[i] * sum - t[i]);
    }
}
static uint64_t cnn_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static cnn_real cnn_uniform(uint64_t *state)
{
    return (cnn_real)(int32_t)(cnn_random(state) >> 40) * (cnn_real)(1.0 / 16777216.0);
}

static void cnn_init_uniform(cnn_real *w, size_t n, cnn_real limit, uint64_t *state)
{
    for (size_t i = 0; i < n; i++) {
        w[i] = (2 * cnn_uniform(state) - 1) * limit;
    }
}

/* A statement for every i below n. At -O2 gcc makes vectors only of loops whose length it knows:
 * 64 at a time, then the rest. (From first to first + 64 it does not know it: the sum may wrap.) */
#define CNN_EACH(i, n, statement)                                                                  \
    do {                                                                                           \
        const size_t whole = (n) - (n) % 64;                                                       \
        for (size_t first = 0; first < whole; first += 64) {                                       \
            for (size_t k = 0; k < 64; k++) {                                                      \
                const size_t i = first + k;                                                        \
                statement;                                                                         \
            }                                                                                      \
        }                                                                                          \
        for (size_t i = whole; i < (n); i++) {                                                     \
            statement;                                                                             \
        }                                                                                          \
    } while (0)

static void cnn_sgd(cnn_real *restrict w, const cnn_real *restrict dw, size_t n, cnn_real lr,
    cnn_real scale, cnn_real decay)
{
    CNN_EACH(i, n, w[i] -= lr * (scale * dw[i] + decay * w[i]));
}

/* conv1_pad: 4x4x1 -> 4x4x1. */
static void tiny_conv1_pad_forward(const real *restrict x, real *restrict y)
{
    memset(y, 0, 7 * sizeof(real));
    for (int i = 0; i < 3; i++) {
        memset(y + i*6 + 11, 0, 2 * sizeof(real));
    }
    memset(y + 29, 0, 7 * sizeof(real));
    for (int i = 0; i < 4; i++) {
        memcpy(y + i*6 + 7, x + i*4, 4 * sizeof(real));
    }
}

/* conv1_pool1: 6x6x1 -> 2x2x2, 288 multiply-adds, relu. */
static void tiny_conv1_pool1_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y)
{
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            for (int o = 0; o < 2; o++) {
                real best = -REAL_MAX;
                for (int pi = 0; pi < 2; pi++) {
                    for (int pj = 0; pj < 2; pj++) {
                        real a = b[o];
                        for (int ki = 0; ki < 3; ki++) {
                            for (int kj = 0; kj < 3; kj++) {
                                a += x[(i*2 + pi + ki)*6 + j*2 + pj + kj] * w[(ki*3 + kj)*2 + o];
                            }
                        }
                        best = a > best ? a : best;
                    }
                }
                y[i*4 + j*2 + o] = (best < 0 ? 0 : best);
            }
        }
    }
}

/* dense1: 8 -> 2, 16 multiply-adds, softmax. */
static void tiny_dense1_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y)
{
    for (int o = 0; o < 2; o++) {
        real a = b[o];
        for (int i = 0; i < 8; i++) {
            a += x[i] * w[i*2 + o];
        }
        y[o] = a;
    }
    cnn_softmax(y, 2);
}

/* conv1: 6x6x1 -> 4x4x2, 288 multiply-adds, relu. */
static void tiny_conv1_forward(const real *restrict x, const real *restrict w,
    const real *restrict b, real *restrict y)
{
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            for (int o = 0; o < 2; o++) {
                real a = b[o];
                for (int ki = 0; ki < 3; ki++) {
                    for (int kj = 0; kj < 3; kj++) {
                        a += x[(i + ki)*6 + j + kj] * w[(ki*3 + kj)*2 + o];
                    }
                }
                y[i*8 + j*2 + o] = (a < 0 ? 0 : a);
            }
        }
    }
}

/* conv1 backward: from dy, the gradient of its output (4x4x2). */
static void tiny_conv1_backward(const real *restrict x, const real *restrict y, real *restrict dy,
    real *restrict dw, real *restrict db)
{
    for (int i = 0; i < 4; i++) {
        const real *v = y + i*8;
        real *dv = dy + i*8;
        for (int k = 0; k < 8; k++) {
            dv[k] *= (v[k] > 0 ? (real)1 : 0);
        }
    }
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            for (int o = 0; o < 2; o++) {
                db[o] += dy[i*8 + j*2 + o];
            }
        }
    }
    for (int ki = 0; ki < 3; ki++) {
        for (int kj = 0; kj < 3; kj++) {
            for (int n = 0; n < 2; n++) {
                real a = 0;
                for (int i = 0; i < 4; i++) {
                    for (int j = 0; j < 4; j++) {
                        a += x[(i + ki)*6 + j + kj] * dy[i*8 + j*2 + n];
                    }
                }
                dw[(ki*3 + kj)*2 + n] += a;
            }
        }
    }
}

/* pool1: 4x4x2 -> 2x2x2. */
static void tiny_pool1_forward(const real *restrict x, real *restrict y)
{
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            for (int c = 0; c < 2; c++) {
                real best = -REAL_MAX;
                for (int ki = 0; ki < 2; ki++) {
                    for (int kj = 0; kj < 2; kj++) {
                        best = x[(i*2 + ki)*8 + (j*2 + kj)*2 + c] > best ? x[(i*2 + ki)*8 + (j*2 + kj)*2 + c] : best;
                    }
                }
                y[i*4 + j*2 + c] = best;
            }
        }
    }
}

/* pool1 backward: from dy, the gradient of its output (2x2x2). */
static void tiny_pool1_backward(const real *restrict x, const real *restrict y, real *restrict dy,
    real *restrict dx)
{
    memset(dx, 0, 32 * sizeof(real));
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            for (int c = 0; c < 2; c++) {
                int left = 1;
                for (int ki = 0; ki < 2; ki++) {
                    for (int kj = 0; kj < 2; kj++) {
                        if (left && x[(i*2 + ki)*8 + (j*2 + kj)*2 + c] >= y[i*4 + j*2 + c]) {
                            dx[(i*2 + ki)*8 + (j*2 + kj)*2 + c] += dy[i*4 + j*2 + c];
                            left = 0;
                        }
                    }
                }
            }
        }
    }
}

/* dense1 backward: from dy, the gradient of its output (2). */
static void tiny_dense1_backward(const real *restrict x, real *restrict dy, const real *restrict w,
    real *restrict dx, real *restrict dw, real *restrict db)
{
    for (int o = 0; o < 2; o++) {
        db[o] += dy[o];
    }
    for (int i = 0; i < 8; i++) {
        for (int o = 0; o < 2; o++) {
            dw[i*2 + o] += x[i] * dy[o];
        }
    }
    for (int i = 0; i < 8; i++) {
        real a = 0;
        for (int o = 0; o < 2; o++) {
            a += dy[o] * w[i*2 + o];
        }
        dx[i] = a;
    }
}

/* Where the tensors stand in the params struct, and in its gradients. */
enum {
    conv1_kernel = 0,
    conv1_bias = 18,
    dense1_kernel = 20,
    dense1_bias = 36,
};

void tiny_init(tiny_params *params, uint64_t seed)
{
    real *const p = (real *)(void *)params;
    uint64_t state = seed;
    memset(p, 0, sizeof *params);
    cnn_init_uniform(p + conv1_kernel, 18, 0.471404521f, &state);
    cnn_init_uniform(p + dense1_kernel, 16, 0.774596669f, &state);
}

void tiny_predict(const tiny_params *params, const real *input, real *output, tiny_scratch *scratch)
{
    const real *const p = (const real *)(const void *)params;
    real *const at = scratch->arena;
    tiny_conv1_pad_forward(input, at); /* 4x4x1 */
    tiny_conv1_pool1_forward(at, p + conv1_kernel, p + conv1_bias, at + 48); /* 2x2x2 */
    tiny_dense1_forward(at + 48, p + dense1_kernel, p + dense1_bias, output); /* 2 */
}

const real *tiny_forward(const tiny_params *params, const real *inputs, int count, tiny_tape *tape)
{
    const real *const p = (const real *)(const void *)params;
    real *const at = tape->arena;
    tiny_conv1_pad_forward(inputs, at);
    tiny_conv1_forward(at, p + conv1_kernel, p + conv1_bias, at + 48);
    tiny_pool1_forward(at + 48, at + 112);
    tiny_dense1_forward(at + 112, p + dense1_kernel, p + dense1_bias, at + 144);
    (void)count;
    return at + 144;
}

/* g: gradients of the trainable parameters, as they lie in the params struct. */
static real tiny_gradients(const tiny_params *params, const real *inputs, const real *targets,
    int count, tiny_tape *tape, real *g)
{
    real *const at = tape->arena;
    const real *const outputs = at + 144;
    const real scale = 1 / (real)count;
    real loss = 0;
    const real *const p = (const real *)(const void *)params;
    (void)inputs;
    memset(g, 0, 38 * sizeof(real));
    for (int n = 0; n < count; n++) {
        const real *y = outputs + (size_t)n * 2, *t = targets + (size_t)n * 2;
        loss += cnn_cross_entropy(y, t, 2);
        cnn_softmax_cross_entropy_grad(y, t, at + 160, 2, scale);
    }
    tiny_dense1_backward(at + 112, at + 160, p + dense1_kernel, at + 128, g + dense1_kernel,
        g + dense1_bias);
    tiny_pool1_backward(at + 48, at + 112, at + 128, at + 80);
    tiny_conv1_backward(at, at + 48, at + 80, g + conv1_kernel, g + conv1_bias);
    return loss * scale;
}

real tiny_backward(const tiny_params *params, const real *inputs, const real *targets, int count,
    tiny_tape *tape, tiny_params *grads)
{
    real *const g = (real *)(void *)grads;
    return tiny_gradients(params, inputs, targets, count, tape, g);
}

/* w: the parameters, g: their gradients. */
static void tiny_step(real *w, const real *g, tiny_optimizer *state, real lr)
{
    state->step++;
    cnn_sgd(w, g, 38, lr, 1, 0.0f);
}

void tiny_update(tiny_params *params, const tiny_params *grads, tiny_optimizer *state, real lr)
{
    tiny_step((real *)(void *)params, (const real *)(const void *)grads, state, lr);
}

real tiny_train_step(tiny_params *params, const real *inputs, const real *targets, int count,
    tiny_tape *tape, tiny_optimizer *state, real lr)
{
    real loss;
    tiny_forward(params, inputs, count, tape);
    loss = tiny_gradients(params, inputs, targets, count, tape, tape->grads);
    tiny_step((real *)(void *)params, tape->grads, state, lr);
    return loss;
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
