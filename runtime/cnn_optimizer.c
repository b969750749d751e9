/* cnn_optimizer.c - one step down the gradient; the formulas stand in cnn.h.
 *
 * The loops have no branches, so that compilers make vectors of them. The square root is here for
 * the same reason: inlined, and by arithmetic alone, for a compiler may call the C library for its
 * own one. */
#include "cnn.h"

#include <float.h>
#include <string.h>

#ifdef __cplusplus
#define restrict __restrict /* the name C++ compilers have for it */
#endif

/*@ cnn_root: */
/* sqrt(x) for 0 <= x < infinity by Newton's steps for y = 1/sqrt(x), which need no division. The
 * first guess halves and negates the exponent in the bits of x. -ffast-math may compute y*y*y
 * first, which must not be infinite: there a smaller x counts as 1e-25. */
static inline cnn_real cnn_root(cnn_real x)
{
#if defined(__FAST_MATH__) || defined(_M_FP_FAST)
    x = x < (cnn_real)1e-25 ? (cnn_real)1e-25 : x;
#endif
    const cnn_real half = x / 2;
    cnn_real y;
#ifdef CNN_DOUBLE
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = UINT64_C(0x5fe6eb50c7b537a9) - (bits >> 1);
    memcpy(&y, &bits, sizeof y);
    y = y * (1.5 - (half * y) * y);
    y = y * (1.5 - (half * y) * y);
    y = y * (1.5 - (half * y) * y);
    y = y * (1.5 - (half * y) * y);
#else
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = UINT32_C(0x5f3759df) - (bits >> 1);
    memcpy(&y, &bits, sizeof y);
    y = y * (1.5f - (half * y) * y);
    y = y * (1.5f - (half * y) * y);
    y = y * (1.5f - (half * y) * y);
#endif
    const cnn_real root = x * y;
    return root + (y / 2) * (x - root * root); /* and one for sqrt(x) itself */
}

/*@ cnn_any_root: cnn_root */
static inline cnn_real cnn_any_root(cnn_real x)
{
#ifdef CNN_DOUBLE
    const cnn_real least = DBL_MIN, most = DBL_MAX;
#else
    const cnn_real least = FLT_MIN, most = FLT_MAX;
#endif
    cnn_real root = cnn_root(x);
    root = x < least ? 0 : root;
    return x > most ? x : root;
}

/*@ cnn_sqrt: cnn_any_root */
CNN_API cnn_real cnn_sqrt(cnn_real x)
{
    return cnn_any_root(x);
}

/*@ cnn_each: */
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

/*@ cnn_inverse_sqrt: cnn_any_root */
CNN_API void cnn_inverse_sqrt(cnn_real *restrict y, const cnn_real *restrict x, size_t n,
                              cnn_real epsilon)
{
    const size_t whole = n - n % 16;
    for (size_t i = 0; i < whole; i += 16) {
        for (size_t k = 0; k < 16; k++) {
            y[i + k] = 1 / cnn_any_root(x[i + k] + epsilon);
        }
    }
    for (size_t i = whole; i < n; i++) {
        y[i] = 1 / cnn_any_root(x[i] + epsilon);
    }
}

/*@ cnn_norm: cnn_sqrt */
/* Eight sums side by side: shorter chains of rounding, and vectors. */
CNN_API cnn_real cnn_norm(const cnn_real *dw, size_t n)
{
    cnn_real sums[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (size_t k = 0; k < 8; k++) {
            sums[k] += dw[i + k] * dw[i + k];
        }
    }
    for (; i < n; i++) {
        sums[0] += dw[i] * dw[i];
    }
    return cnn_sqrt(((sums[0] + sums[1]) + (sums[2] + sums[3])) +
                    ((sums[4] + sums[5]) + (sums[6] + sums[7])));
}

/*@ cnn_sgd: cnn_each */
CNN_API void cnn_sgd(cnn_real *restrict w, const cnn_real *restrict dw, size_t n, cnn_real lr,
                     cnn_real scale, cnn_real decay)
{
    CNN_EACH(i, n, w[i] -= lr * (scale * dw[i] + decay * w[i]));
}

/*@ cnn_momentum: cnn_each */
static inline void cnn_momentum_one(cnn_real *restrict w, cnn_real g, cnn_real *restrict m,
                                    cnn_real lr, cnn_real momentum)
{
    *m = momentum * *m + g;
    *w -= lr * *m;
}

CNN_API void cnn_momentum(cnn_real *restrict w, const cnn_real *restrict dw, cnn_real *restrict m,
                          size_t n, cnn_real lr, cnn_real momentum, cnn_real scale, cnn_real decay)
{
    CNN_EACH(i, n, cnn_momentum_one(&w[i], scale * dw[i] + decay * w[i], &m[i], lr, momentum));
}

/*@ cnn_nesterov: cnn_each */
static inline void cnn_nesterov_one(cnn_real *restrict w, cnn_real g, cnn_real *restrict m,
                                    cnn_real lr, cnn_real momentum)
{
    *m = momentum * *m + g;
    *w -= lr * (g + momentum * *m);
}

CNN_API void cnn_nesterov(cnn_real *restrict w, const cnn_real *restrict dw, cnn_real *restrict m,
                          size_t n, cnn_real lr, cnn_real momentum, cnn_real scale, cnn_real decay)
{
    CNN_EACH(i, n, cnn_nesterov_one(&w[i], scale * dw[i] + decay * w[i], &m[i], lr, momentum));
}

/*@ cnn_rmsprop: cnn_root cnn_each */
static inline void cnn_rmsprop_one(cnn_real *restrict w, cnn_real g, cnn_real *restrict v,
                                   cnn_real lr, cnn_real rho, cnn_real epsilon)
{
    *v = rho * *v + (1 - rho) * (g * g);
    *w -= lr * g / (cnn_root(*v) + epsilon);
}

CNN_API void cnn_rmsprop(cnn_real *restrict w, const cnn_real *restrict dw, cnn_real *restrict v,
                         size_t n, cnn_real lr, cnn_real rho, cnn_real epsilon, cnn_real scale,
                         cnn_real decay)
{
    CNN_EACH(i, n, cnn_rmsprop_one(&w[i], scale * dw[i] + decay * w[i], &v[i], lr, rho, epsilon));
}

/*@ cnn_rest: */
/* 1 - beta^step, by squaring. */
CNN_API cnn_real cnn_rest(cnn_real beta, uint64_t step);
CNN_API cnn_real cnn_rest(cnn_real beta, uint64_t step)
{
    cnn_real power = 1;
    for (; step > 0; step >>= 1) {
        if (step & 1) {
            power *= beta;
        }
        beta *= beta;
    }
    return 1 - power;
}

/*@ cnn_adam_one: cnn_root cnn_each */
/* The step that adam takes; both moments move on. */
static inline cnn_real cnn_adam_one(cnn_real g, cnn_real *restrict m, cnn_real *restrict v,
                                    cnn_real rate, cnn_real wider, cnn_real beta1, cnn_real beta2,
                                    cnn_real epsilon)
{
    *m = beta1 * *m + (1 - beta1) * g;
    *v = beta2 * *v + (1 - beta2) * (g * g);
    return rate * *m / (cnn_root(*v * wider) + epsilon);
}

/*@ cnn_adam: cnn_rest cnn_adam_one */
CNN_API void cnn_adam(cnn_real *restrict w, const cnn_real *restrict dw, cnn_real *restrict m,
                      cnn_real *restrict v, size_t n, cnn_real lr, cnn_real beta1, cnn_real beta2,
                      cnn_real epsilon, uint64_t step, cnn_real scale, cnn_real decay)
{
    const cnn_real rate = lr / cnn_rest(beta1, step), wider = 1 / cnn_rest(beta2, step);
    CNN_EACH(i, n,
             w[i] -= cnn_adam_one(scale * dw[i] + decay * w[i], &m[i], &v[i], rate, wider, beta1,
                                  beta2, epsilon));
}

/*@ cnn_adamw: cnn_rest cnn_adam_one */
CNN_API void cnn_adamw(cnn_real *restrict w, const cnn_real *restrict dw, cnn_real *restrict m,
                       cnn_real *restrict v, size_t n, cnn_real lr, cnn_real beta1, cnn_real beta2,
                       cnn_real epsilon, uint64_t step, cnn_real scale, cnn_real decay)
{
    const cnn_real rate = lr / cnn_rest(beta1, step), wider = 1 / cnn_rest(beta2, step);
    CNN_EACH(i, n,
             w[i] -= lr * decay * w[i] +
                     cnn_adam_one(scale * dw[i], &m[i], &v[i], rate, wider, beta1, beta2, epsilon));
}
