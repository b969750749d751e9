/* cnn_random.c - random numbers, initialisers and dropout, the same bits on every machine. */
#include "cnn.h"

/*@ cnn_random: */
CNN_API uint64_t cnn_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/*@ cnn_uniform: cnn_random */
CNN_API cnn_real cnn_uniform(uint64_t *state)
{
    return (cnn_real)(int32_t)(cnn_random(state) >> 40) * (cnn_real)(1.0 / 16777216.0);
}

/*@ cnn_init_uniform: cnn_uniform */
CNN_API void cnn_init_uniform(cnn_real *w, size_t n, cnn_real limit, uint64_t *state)
{
    for (size_t i = 0; i < n; i++) {
        w[i] = (2 * cnn_uniform(state) - 1) * limit;
    }
}

/*@ cnn_chance: cnn_random */
/* True with probability exp(-t/2^46), t <= 2^46, by comparing integers alone (von Neumann 1951): a
 * falling run t > u1 > u2 > ... of random numbers is longer than k with probability t^k/k!, so that
 * it ends after an even number of them with 1 - t + t^2/2 - ... */
CNN_API int cnn_chance(uint64_t t, uint64_t *state);
CNN_API int cnn_chance(uint64_t t, uint64_t *state)
{
    int even = 1;
    for (uint64_t u = cnn_random(state) >> 18; u < t; u = cnn_random(state) >> 18) {
        t = u;
        even = !even;
    }
    return even;
}

/*@ cnn_init_normal: cnn_random cnn_chance */
/* x = z/2^22 in -2..2 is kept with probability exp(-x^2/2), which is the square of exp(-z^2/2^46).
 * No float takes part in what is drawn: rounding and fused multiply-adds cannot change it.
 * 0.8796... is the deviation of a normal distribution cut at two. */
CNN_API void cnn_init_normal(cnn_real *w, size_t n, cnn_real deviation, uint64_t *state)
{
    const cnn_real scale = deviation / (cnn_real)0.87962566103423978 / 4194304;
    for (size_t i = 0; i < n;) {
        const int32_t z = (int32_t)(cnn_random(state) >> 40) - 8388608;
        const uint64_t t = (uint64_t)((int64_t)z * z);
        if (cnn_chance(t, state) && cnn_chance(t, state)) {
            w[i++] = (cnn_real)z * scale;
        }
    }
}

/*@ cnn_init_constant: */
CNN_API void cnn_init_constant(cnn_real *w, size_t n, cnn_real value)
{
    for (size_t i = 0; i < n; i++) {
        w[i] = value;
    }
}

/*@ cnn_kept: cnn_random */
/* Whether value i of the mask of `seed` is kept. */
CNN_API int cnn_kept(uint64_t seed, size_t i, cnn_real rate);
CNN_API int cnn_kept(uint64_t seed, size_t i, cnn_real rate)
{
    uint64_t state = seed;
    state = cnn_random(&state) + (uint64_t)i;
    return (cnn_real)(int32_t)(cnn_random(&state) >> 40) * (cnn_real)(1.0 / 16777216.0) >= rate;
}

/*@ cnn_dropout: cnn_kept */
CNN_API void cnn_dropout(const cnn_real *x, cnn_real *y, size_t n, cnn_real rate, uint64_t seed)
{
    const cnn_real scale = 1 / (1 - rate);
    for (size_t i = 0; i < n; i++) {
        y[i] = cnn_kept(seed, i, rate) ? x[i] * scale : 0;
    }
}

/*@ cnn_dropout_factors: cnn_kept */
CNN_API void cnn_dropout_factors(cnn_real *factors, size_t n, cnn_real rate, uint64_t seed)
{
    const cnn_real scale = 1 / (1 - rate);
    for (size_t i = 0; i < n; i++) {
        factors[i] = cnn_kept(seed, i, rate) ? scale : 0;
    }
}

/*@ cnn_dropout_grad: cnn_kept */
CNN_API void cnn_dropout_grad(cnn_real *dy, size_t n, cnn_real rate, uint64_t seed)
{
    const cnn_real scale = 1 / (1 - rate);
    for (size_t i = 0; i < n; i++) {
        dy[i] = cnn_kept(seed, i, rate) ? dy[i] * scale : 0;
    }
}
