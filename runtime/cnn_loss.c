/* cnn_loss.c - losses of one sample and their gradients. */
#include "cnn.h"

/*@ cnn_mse: */
CNN_API cnn_real cnn_mse(const cnn_real *y, const cnn_real *t, size_t n)
{
    cnn_real sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (y[i] - t[i]) * (y[i] - t[i]);
    }
    return sum / (cnn_real)n;
}

/*@ cnn_mse_grad: */
CNN_API void cnn_mse_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy, size_t n,
                          cnn_real scale)
{
    const cnn_real s = 2 * scale / (cnn_real)n;
    for (size_t i = 0; i < n; i++) {
        dy[i] = s * (y[i] - t[i]);
    }
}

/*@ cnn_mae: */
CNN_API cnn_real cnn_mae(const cnn_real *y, const cnn_real *t, size_t n)
{
    cnn_real sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += y[i] > t[i] ? y[i] - t[i] : t[i] - y[i];
    }
    return sum / (cnn_real)n;
}

/*@ cnn_mae_grad: */
CNN_API void cnn_mae_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy, size_t n,
                          cnn_real scale)
{
    const cnn_real s = scale / (cnn_real)n;
    for (size_t i = 0; i < n; i++) {
        dy[i] = y[i] > t[i] ? s : y[i] < t[i] ? -s : 0;
    }
}

/*@ cnn_huber: */
/* Half the square up to delta, a straight line beyond. */
CNN_API cnn_real cnn_huber(const cnn_real *y, const cnn_real *t, size_t n, cnn_real delta)
{
    cnn_real sum = 0;
    for (size_t i = 0; i < n; i++) {
        const cnn_real d = y[i] > t[i] ? y[i] - t[i] : t[i] - y[i];
        sum += d <= delta ? d * d / 2 : delta * (d - delta / 2);
    }
    return sum / (cnn_real)n;
}

/*@ cnn_huber_grad: */
CNN_API void cnn_huber_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy, size_t n,
                            cnn_real delta, cnn_real scale)
{
    const cnn_real s = scale / (cnn_real)n;
    for (size_t i = 0; i < n; i++) {
        const cnn_real d = y[i] - t[i];
        dy[i] = s * (d > delta ? delta : d < -delta ? -delta : d);
    }
}

/*@ cnn_probability: */
/* Away from 0 and 1, where the logarithm ends. */
CNN_API cnn_real cnn_probability(cnn_real y);
CNN_API cnn_real cnn_probability(cnn_real y)
{
    const cnn_real least = (cnn_real)1e-7;
    return y < least ? least : y > 1 - least ? 1 - least : y;
}

/*@ cnn_binary_cross_entropy: cnn_probability cnn_log */
CNN_API cnn_real cnn_binary_cross_entropy(const cnn_real *y, const cnn_real *t, size_t n)
{
    cnn_real sum = 0;
    for (size_t i = 0; i < n; i++) {
        const cnn_real p = cnn_probability(y[i]);
        sum -= t[i] * cnn_log(p) + (1 - t[i]) * cnn_log(1 - p);
    }
    return sum / (cnn_real)n;
}

/*@ cnn_binary_cross_entropy_grad: cnn_probability */
CNN_API void cnn_binary_cross_entropy_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy,
                                           size_t n, cnn_real scale)
{
    const cnn_real s = scale / (cnn_real)n;
    for (size_t i = 0; i < n; i++) {
        const cnn_real p = cnn_probability(y[i]);
        dy[i] = s * (p - t[i]) / (p * (1 - p));
    }
}

/*@ cnn_cross_entropy: cnn_probability cnn_log */
CNN_API cnn_real cnn_cross_entropy(const cnn_real *y, const cnn_real *t, size_t n)
{
    cnn_real sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum -= t[i] >= 0 && t[i] <= 0 ? 0 : t[i] * cnn_log(cnn_probability(y[i]));
    }
    return sum;
}

/*@ cnn_cross_entropy_grad: cnn_probability */
CNN_API void cnn_cross_entropy_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy, size_t n,
                                    cnn_real scale)
{
    for (size_t i = 0; i < n; i++) {
        dy[i] = -scale * t[i] / cnn_probability(y[i]);
    }
}

/*@ cnn_sigmoid_cross_entropy_grad: */
CNN_API void cnn_sigmoid_cross_entropy_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy,
                                            size_t n, cnn_real scale)
{
    const cnn_real s = scale / (cnn_real)n;
    for (size_t i = 0; i < n; i++) {
        dy[i] = s * (y[i] - t[i]);
    }
}

/*@ cnn_softmax_cross_entropy_grad: */
CNN_API void cnn_softmax_cross_entropy_grad(const cnn_real *y, const cnn_real *t, cnn_real *dy,
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
