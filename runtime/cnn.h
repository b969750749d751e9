/* cnn.h - the runtime of generated networks: freestanding C99, no libm, no allocation, no state.
 *
 * cnn_real is float; compiled with CNN_DOUBLE it is double, for checking gradients by finite
 * differences. Arrays are plain; n counts their values; nothing is kept after a call. Every
 * function works for n = 0. Sections between markers, "name: what it calls", let cnngen copy single
 * functions; what ends in /32 or /64 is called by the one for float or for double only. */
#ifndef CNN_H
#define CNN_H

#include <stddef.h>
#include <stdint.h>

#define CNN_RUNTIME_VERSION 1

#ifdef CNN_DOUBLE
typedef double cnn_real;
#else
typedef float cnn_real;
#endif

#ifndef CNN_API
#define CNN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Elementary functions. Largest relative error found against the C library, in units of 2^-23 for
 * float (2^-52 for double): exp 0.8 (1.1), log 1.5 (2), tanh 1.6 (2.4), erf 2 (10), sqrt 1 (1);
 * tests/unit/test_runtime.c measures and holds them. -ffast-math takes digits away. A NaN gives a
 * NaN. exp: 0 below -104 (-746), infinity above 88.7 (709.8), denormals between. log: of 0 minus
 * infinity, of a negative number a NaN. sqrt: of 0, a denormal or a negative number 0. All but log,
 * and erf in double, are free of jumps once inlined. */
CNN_API cnn_real cnn_exp(cnn_real x);
CNN_API cnn_real cnn_log(cnn_real x);
CNN_API cnn_real cnn_tanh(cnn_real x);
CNN_API cnn_real cnn_erf(cnn_real x);
CNN_API cnn_real cnn_sqrt(cnn_real x);
/* y[i] = 1/sqrt(x[i] + epsilon), where y does not overlap x. */
CNN_API void cnn_inverse_sqrt(cnn_real *y, const cnn_real *x, size_t n, cnn_real epsilon);

/* Activations of one value. */
CNN_API cnn_real cnn_relu(cnn_real x);
CNN_API cnn_real cnn_leaky_relu(cnn_real x, cnn_real alpha);
CNN_API cnn_real cnn_relu6(cnn_real x);
CNN_API cnn_real cnn_thresholded_relu(cnn_real x, cnn_real alpha); /* x, or 0 up to alpha >= 0 */
CNN_API cnn_real cnn_sigmoid(cnn_real x);                          /* 1 / (1 + exp(-x)) */
CNN_API cnn_real cnn_softplus(cnn_real x);                         /* log(1 + exp(x)) */
CNN_API cnn_real cnn_softsign(cnn_real x);                         /* x / (1 + |x|) */
CNN_API cnn_real cnn_elu(cnn_real x, cnn_real alpha); /* x, or alpha*(exp(x) - 1) below 0 */
CNN_API cnn_real cnn_gelu(cnn_real x);         /* x/2 * (1 + erf(x/sqrt(2))), the exact form */
CNN_API cnn_real cnn_gelu_tanh(cnn_real x);    /* x/2 * (1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3))) */
CNN_API cnn_real cnn_silu(cnn_real x);         /* x * sigmoid(x) */
CNN_API cnn_real cnn_hard_sigmoid(cnn_real x); /* relu6(x + 3) / 6 */
CNN_API cnn_real cnn_hard_swish(cnn_real x);   /* x * relu6(x + 3) / 6 */

/* Their derivatives, from the output y ... */
CNN_API cnn_real cnn_relu_grad(cnn_real y);
CNN_API cnn_real cnn_leaky_relu_grad(cnn_real y, cnn_real alpha);
CNN_API cnn_real cnn_relu6_grad(cnn_real y);
CNN_API cnn_real cnn_thresholded_relu_grad(cnn_real y, cnn_real alpha);
CNN_API cnn_real cnn_sigmoid_grad(cnn_real y);
CNN_API cnn_real cnn_tanh_grad(cnn_real y);
CNN_API cnn_real cnn_softplus_grad(cnn_real y);
CNN_API cnn_real cnn_softsign_grad(cnn_real y);
CNN_API cnn_real cnn_elu_grad(cnn_real y, cnn_real alpha);
CNN_API cnn_real cnn_hard_sigmoid_grad(cnn_real y);
/* ... or from the input x. */
CNN_API cnn_real cnn_gelu_grad(cnn_real x);
CNN_API cnn_real cnn_gelu_tanh_grad(cnn_real x);
CNN_API cnn_real cnn_silu_grad(cnn_real x);
CNN_API cnn_real cnn_hard_swish_grad(cnn_real x);

/* y becomes exp(y - max) / sum of the same. dy becomes y*(dy - sum(dy*y)). */
CNN_API void cnn_softmax(cnn_real *y, size_t n);
CNN_API void cnn_softmax_grad(const cnn_real *y, cnn_real *dy, size_t n);

/* Loss of one sample with outputs y and targets t: mse, mae, huber and binary_cross_entropy are
 * means over the n outputs, cross_entropy is the sum of -t*log(y) (as in Keras). Probabilities
 * count as at least 1e-7 and at most 1 - 1e-7, so that a loss is finite. */
CNN_API cnn_real cnn_mse(const cnn_real *y, const cnn_real *t, size_t n);
CNN_API cnn_real cnn_mae(const cnn_real *y, const cnn_real *t, size_t n);
CNN_API cnn_real cnn_huber(const cnn_real *y, const cnn_real *t, size_t n, cnn_real delta);
CNN_API cnn_real cnn_binary_cross_entropy(const cnn_real *y, const cnn_real *t, size_t n);
CNN_API cnn_real cnn_cross_entropy(const cnn_real *y, const cnn_real *t, size_t n);

/* dy = scale * the derivative of the loss by y. */
CNN_API void cnn_mse_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy, size_t n,
                          cnn_real scale);
CNN_API void cnn_mae_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy, size_t n,
                          cnn_real scale);
CNN_API void cnn_huber_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy, size_t n,
                            cnn_real delta, cnn_real scale);
CNN_API void cnn_binary_cross_entropy_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy,
                                           size_t n, cnn_real scale);
CNN_API void cnn_cross_entropy_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy, size_t n,
                                    cnn_real scale);

/* The same by what went into the last activation: scale*(y - t)/n behind sigmoid, scale*(y*sum(t) -
 * t) behind softmax. Nothing is divided by a probability, so they stay exact where that is 0 or 1.
 */
CNN_API void cnn_sigmoid_cross_entropy_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy,
                                            size_t n, cnn_real scale);
CNN_API void cnn_softmax_cross_entropy_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy,
                                            size_t n, cnn_real scale);

/* Random numbers, the same on every machine: a counter in steps of the golden ratio, scrambled
 * (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). Any seed will do. */
CNN_API uint64_t cnn_random(uint64_t *state);
CNN_API cnn_real cnn_uniform(uint64_t *state); /* 0 <= x < 1, in steps of 2^-24 */

/* Initialisers: uniform in [-limit, limit); normal cut at two deviations and widened so that
 * `deviation` is that of the result, as in Keras. */
CNN_API void cnn_init_uniform(cnn_real *w, size_t n, cnn_real limit, uint64_t *state);
CNN_API void cnn_init_normal(cnn_real *w, size_t n, cnn_real deviation, uint64_t *state);
CNN_API void cnn_init_constant(cnn_real *w, size_t n, cnn_real value);

/* Drops x[i] with probability rate, scales what is kept by 1 / (1 - rate). Seed and i alone decide,
 * so that the gradient finds the same mask. x may be y. */
CNN_API void cnn_dropout(const cnn_real *x, cnn_real *y, size_t n, cnn_real rate, uint64_t seed);
CNN_API void cnn_dropout_factors(cnn_real *factors, size_t n, cnn_real rate, uint64_t seed);
CNN_API void cnn_dropout_grad(cnn_real *dy, size_t n, cnn_real rate, uint64_t seed);

/* Optimizers over n weights w with gradients dw, moments m and v that start at zero; g = scale*dw +
 * decay*w. sgd       w -= lr*g momentum  m = momentum*m + g;  w -= lr*m (Sutskever et al. 2013,
 * PyTorch's form) nesterov  m = momentum*m + g;  w -= lr*(g + momentum*m) rmsprop   v = rho*v + (1
 * - rho)*g*g;  w -= lr*g/(sqrt(v) + epsilon)       (Hinton 2012) adam      m = beta1*m + (1 -
 * beta1)*g;  v = beta2*v + (1 - beta2)*g*g; w -= lr*(m/(1 - beta1^step))/(sqrt(v/(1 - beta2^step))
 * + epsilon)   (Kingma, Ba 2015); step counts from 1 adamw     the same with g = scale*dw, and
 * before it w -= lr*decay*w          (Loshchilov, Hutter 2019) */
CNN_API cnn_real cnn_norm(const cnn_real *dw, size_t n); /* square root of the sum of squares */
CNN_API void cnn_sgd(cnn_real *w, const cnn_real *dw, size_t n, cnn_real lr, cnn_real scale,
                     cnn_real decay);
CNN_API void cnn_momentum(cnn_real *w, const cnn_real *dw, cnn_real *m, size_t n, cnn_real lr,
                          cnn_real momentum, cnn_real scale, cnn_real decay);
CNN_API void cnn_nesterov(cnn_real *w, const cnn_real *dw, cnn_real *m, size_t n, cnn_real lr,
                          cnn_real momentum, cnn_real scale, cnn_real decay);
CNN_API void cnn_rmsprop(cnn_real *w, const cnn_real *dw, cnn_real *v, size_t n, cnn_real lr,
                         cnn_real rho, cnn_real epsilon, cnn_real scale, cnn_real decay);
CNN_API void cnn_adam(cnn_real *w, const cnn_real *dw, cnn_real *m, cnn_real *v, size_t n,
                      cnn_real lr, cnn_real beta1, cnn_real beta2, cnn_real epsilon, uint64_t step,
                      cnn_real scale, cnn_real decay);
CNN_API void cnn_adamw(cnn_real *w, const cnn_real *dw, cnn_real *m, cnn_real *v, size_t n,
                       cnn_real lr, cnn_real beta1, cnn_real beta2, cnn_real epsilon, uint64_t step,
                       cnn_real scale, cnn_real decay);

#ifdef __cplusplus
}
#endif

#endif
