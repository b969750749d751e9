/* cnn_random.c - random numbers, initialisers and dropout, the same bits on every machine. */
#include "cnn.h"

/*@ cnn_random: */
CNN_API uint64_t cnn_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
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
    for (size_t i = 0; i < n; i++)
        w[i] = (2 * cnn_uniform(state) - 1) * limit;
}

/*@ cnn_init_normal: cnn_uniform cnn_log cnn_sqrt */
/* Pairs by the polar method of Marsaglia; 0.8796... is the deviation of a normal distribution cut
 * at two. */
CNN_API void cnn_init_normal(cnn_real *w, size_t n, cnn_real deviation, uint64_t *state)
{
    const cnn_real scale = deviation / (cnn_real)0.87962566103423978;
    size_t i = 0;
    while (i < n) {
        const cnn_real a = 2 * cnn_uniform(state) - 1, b = 2 * cnn_uniform(state) - 1,
                       s = a * a + b * b;
        if (s > 0 && s < 1) {
            const cnn_real f = cnn_sqrt(-2 * cnn_log(s) / s);
            if (a * f > -2 && a * f < 2)
                w[i++] = a * f * scale;
            if (i < n && b * f > -2 && b * f < 2)
                w[i++] = b * f * scale;
        }
    }
}

/*@ cnn_init_constant: */
CNN_API void cnn_init_constant(cnn_real *w, size_t n, cnn_real value)
{
    for (size_t i = 0; i < n; i++)
        w[i] = value;
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
    for (size_t i = 0; i < n; i++)
        y[i] = cnn_kept(seed, i, rate) ? x[i] * scale : 0;
}

/*@ cnn_dropout_grad: cnn_kept */
CNN_API void cnn_dropout_grad(cnn_real *dy, size_t n, cnn_real rate, uint64_t seed)
{
    const cnn_real scale = 1 / (1 - rate);
    for (size_t i = 0; i < n; i++)
        dy[i] = cnn_kept(seed, i, rate) ? dy[i] * scale : 0;
}
