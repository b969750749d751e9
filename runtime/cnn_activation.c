/* cnn_activation.c - activation functions of one value and their derivatives; softmax over a row.
 */
#include "cnn.h"

/*@ cnn_relu: */
CNN_API cnn_real cnn_relu(cnn_real x)
{
    return x < 0 ? 0 : x;
}

/*@ cnn_leaky_relu: */
CNN_API cnn_real cnn_leaky_relu(cnn_real x, cnn_real alpha)
{
    return x < 0 ? alpha * x : x;
}

/*@ cnn_relu6: */
CNN_API cnn_real cnn_relu6(cnn_real x)
{
    return x < 0 ? 0 : x > 6 ? 6 : x;
}

/*@ cnn_thresholded_relu: */
CNN_API cnn_real cnn_thresholded_relu(cnn_real x, cnn_real alpha)
{
    return x <= alpha ? 0 : x;
}

/*@ cnn_sigmoid: cnn_exp */
CNN_API cnn_real cnn_sigmoid(cnn_real x)
{
    return 1 / (1 + cnn_exp(-x)); /* exp may be infinity: then this is 0 */
}

/*@ cnn_softplus: cnn_exp cnn_log */
CNN_API cnn_real cnn_softplus(cnn_real x)
{
    const cnn_real e = cnn_exp(x < 0 ? x : -x), u = 1 + e;
    /* log(1 + e) for small e, corrected for what 1 + e lost */
    const cnn_real l = u > 1 ? cnn_log(u) * (e / (u - 1)) : e;
    return (x < 0 ? 0 : x) + l;
}

/*@ cnn_softsign: */
CNN_API cnn_real cnn_softsign(cnn_real x)
{
    return x / (1 + (x < 0 ? -x : x));
}

/*@ cnn_elu: cnn_expm1 */
CNN_API cnn_real cnn_expm1(cnn_real x);
CNN_API cnn_real cnn_elu(cnn_real x, cnn_real alpha)
{
    const cnn_real low = x > 0 ? 0 : x, high = x > 0 ? x : 0;
    return alpha * cnn_expm1(low) + high;
}

/*@ cnn_gelu: cnn_erf */
CNN_API cnn_real cnn_gelu(cnn_real x)
{
    return x / 2 * (1 + cnn_erf(x * (cnn_real)0.70710678118654752440));
}

/*@ cnn_gelu_tanh: cnn_sigmoid */
CNN_API cnn_real cnn_gelu_tanh(cnn_real x)
{
    /* (1 + tanh(u))/2 = sigmoid(2*u), without the rounding of a sum near 0 */
    return x * cnn_sigmoid(x * ((cnn_real)1.59576912160573071176 +
                                (cnn_real)0.07135481627260024877 * x * x));
}

/*@ cnn_silu: cnn_sigmoid */
CNN_API cnn_real cnn_silu(cnn_real x)
{
    return x * cnn_sigmoid(x);
}

/*@ cnn_hard_sigmoid: cnn_relu6 */
CNN_API cnn_real cnn_hard_sigmoid(cnn_real x)
{
    return cnn_relu6(x + 3) / 6;
}

/*@ cnn_hard_swish: cnn_relu6 */
CNN_API cnn_real cnn_hard_swish(cnn_real x)
{
    return x * cnn_relu6(x + 3) / 6;
}

/*@ cnn_relu_grad: */
CNN_API cnn_real cnn_relu_grad(cnn_real y)
{
    return y > 0 ? 1 : 0;
}

/*@ cnn_leaky_relu_grad: */
CNN_API cnn_real cnn_leaky_relu_grad(cnn_real y, cnn_real alpha)
{
    return y < 0 ? alpha : 1;
}

/*@ cnn_relu6_grad: */
CNN_API cnn_real cnn_relu6_grad(cnn_real y)
{
    return y > 0 && y < 6 ? 1 : 0;
}

/*@ cnn_thresholded_relu_grad: */
CNN_API cnn_real cnn_thresholded_relu_grad(cnn_real y, cnn_real alpha)
{
    return y > alpha ? 1 : 0;
}

/*@ cnn_sigmoid_grad: */
CNN_API cnn_real cnn_sigmoid_grad(cnn_real y)
{
    return y * (1 - y);
}

/*@ cnn_tanh_grad: */
CNN_API cnn_real cnn_tanh_grad(cnn_real y)
{
    return (1 - y) * (1 + y);
}

/*@ cnn_softplus_grad: cnn_expm1 */
CNN_API cnn_real cnn_softplus_grad(cnn_real y)
{
    return -cnn_expm1(-y); /* sigmoid(x) = 1 - exp(-softplus(x)) */
}

/*@ cnn_softsign_grad: */
CNN_API cnn_real cnn_softsign_grad(cnn_real y)
{
    const cnn_real rest = 1 - (y < 0 ? -y : y); /* 1/(1 + |x|) */
    return rest * rest;
}

/*@ cnn_elu_grad: */
CNN_API cnn_real cnn_elu_grad(cnn_real y, cnn_real alpha)
{
    return y < 0 ? y + alpha : 1;
}

/*@ cnn_hard_sigmoid_grad: */
CNN_API cnn_real cnn_hard_sigmoid_grad(cnn_real y)
{
    return y > 0 && y < 1 ? (cnn_real)1 / 6 : 0;
}

/*@ cnn_gelu_grad: cnn_erf cnn_exp */
CNN_API cnn_real cnn_gelu_grad(cnn_real x)
{
    const cnn_real cumulative = (1 + cnn_erf(x * (cnn_real)0.70710678118654752440)) / 2;
    const cnn_real density = cnn_exp(-x * x / 2) * (cnn_real)0.39894228040143267794;
    return density > 0 ? cumulative + x * density : cumulative;
}

/*@ cnn_gelu_tanh_grad: cnn_sigmoid */
CNN_API cnn_real cnn_gelu_tanh_grad(cnn_real x)
{
    const cnn_real a = (cnn_real)1.59576912160573071176, b = (cnn_real)0.07135481627260024877;
    const cnn_real s = cnn_sigmoid(x * (a + b * x * x)), slope = s * (1 - s);
    return slope > 0 ? s + x * slope * (a + 3 * b * x * x) : s;
}

/*@ cnn_silu_grad: cnn_sigmoid */
CNN_API cnn_real cnn_silu_grad(cnn_real x)
{
    const cnn_real s = cnn_sigmoid(x);
    return s * (1 + x * (1 - s));
}

/*@ cnn_hard_swish_grad: */
CNN_API cnn_real cnn_hard_swish_grad(cnn_real x)
{
    return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6;
}

/*@ cnn_softmax: cnn_exp */
CNN_API void cnn_softmax(cnn_real *y, size_t n)
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

/*@ cnn_softmax_grad: */
CNN_API void cnn_softmax_grad(const cnn_real *y, cnn_real *dy, size_t n)
{
    cnn_real sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += dy[i] * y[i];
    }
    for (size_t i = 0; i < n; i++) {
        dy[i] = y[i] * (dy[i] - sum);
    }
}
