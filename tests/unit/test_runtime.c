/* The runtime against the C library and against difference quotients; compiled once for float and,
 * by test_runtime_double.c, once for double. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "../../runtime/cnn_math.c"
#include "../../runtime/cnn_activation.c"
#include "../../runtime/cnn_loss.c"
#include "../../runtime/cnn_random.c"
#include "../../runtime/cnn_optimizer.c"
#include "test.h"

#ifdef CNN_DOUBLE
#define EPSILON DBL_EPSILON
#else
#define EPSILON (double)FLT_EPSILON
#endif

/* The largest error in units of the last place over x = from .. to. */
static double worst(cnn_real (*f)(cnn_real), double (*exact)(double), double from, double to,
                    const char *name)
{
    double most = 0;
    for (int i = 0; i <= 400000; i++) {
        const cnn_real x = (cnn_real)(from + (to - from) * i / 400000);
        const double y = exact((double)x),
                     error = fabs((double)f(x) - y) / (fabs(y) * EPSILON + 1e-300);
        if (error > most)
            most = error;
    }
    printf("# largest error of %s on %g..%g: %.2f ulp\n", name, from, to, most);
    return most;
}

TEST(elementary_functions_keep_their_bounds)
{
    CHECK(worst(cnn_exp, exp, -87, 88, "exp") < 1.01);
    CHECK(worst(cnn_exp, exp, -1, 1, "exp") < 1.01);
    CHECK(worst(cnn_log, log, 1e-30, 0.9, "log") < 2);
    CHECK(worst(cnn_log, log, 1.1, 1e6, "log") < 2);
    CHECK(worst(cnn_tanh, tanh, -9, 9, "tanh") < 3);
    CHECK(worst(cnn_tanh, tanh, 1e-6, 0.2, "tanh") < 3);
    CHECK(worst(cnn_sqrt, sqrt, 1e-6, 1e6, "sqrt") < 1.01);
    CHECK(worst(cnn_erf, erf, 0.001, 5, "erf") < 10);
}

TEST(elementary_functions_at_their_ends)
{
    const cnn_real inf = CNN_MAX * 2, nan = inf - inf;
    CHECK(cnn_exp(0) == 1 && cnn_exp(-1000) == 0 && cnn_exp(1000) == inf && cnn_exp(-inf) == 0);
    CHECK(cnn_exp(nan) != cnn_exp(nan) && cnn_log(nan) != cnn_log(nan) &&
          cnn_sqrt(nan) != cnn_sqrt(nan));
    CHECK(cnn_log(1) == 0 && cnn_log(0) == -inf && cnn_log(inf) == inf &&
          cnn_log(-1) != cnn_log(-1));
    CHECK(fabs((double)cnn_log(CNN_MIN / 4) - log((double)CNN_MIN / 4)) < 1e-4);
    CHECK(cnn_sqrt(0) == 0 && cnn_sqrt(-1) == 0 && cnn_sqrt(inf) == inf && cnn_sqrt(4) == 2);
    CHECK(cnn_tanh(50) == 1 && cnn_tanh(-inf) == -1 && cnn_tanh(0) == 0 &&
          cnn_tanh(nan) != cnn_tanh(nan));
    CHECK(cnn_erf(10) == 1 && cnn_erf(-inf) == -1 && cnn_erf(0) == 0 &&
          cnn_erf(nan) != cnn_erf(nan));
    CHECK(cnn_sigmoid(-1000) == 0 && cnn_sigmoid(1000) == 1 && cnn_softplus(1000) == 1000);
    CHECK(cnn_relu(nan) != cnn_relu(nan) && cnn_gelu(100) == 100 && cnn_gelu(-100) == 0);
    CHECK(cnn_gelu_grad(inf) == 1 && cnn_gelu_grad(-inf) == 0);
}

#ifdef CNN_DOUBLE
static void check_derivative(cnn_real (*f)(cnn_real), cnn_real (*gradient)(cnn_real),
                             bool from_output)
{
    for (int i = 0; i < 200; i++) {
        const double x = -6.03 + i * 0.0601, h = 1e-5; /* never at a kink */
        const double difference = (f(x + h) - f(x - h)) / (2 * h),
                     g = gradient(from_output ? f(x) : x);
        CHECK(fabs(difference - g) < 1e-8);
    }
}

static double leaky(double x)
{
    return cnn_leaky_relu(x, 0.2);
}
static double leaky_grad(double y)
{
    return cnn_leaky_relu_grad(y, 0.2);
}
static double elu(double x)
{
    return cnn_elu(x, 0.7);
}
static double elu_grad(double y)
{
    return cnn_elu_grad(y, 0.7);
}

TEST(derivatives_are_difference_quotients)
{
    check_derivative(cnn_relu, cnn_relu_grad, true);
    check_derivative(leaky, leaky_grad, true);
    check_derivative(cnn_relu6, cnn_relu6_grad, true);
    check_derivative(cnn_sigmoid, cnn_sigmoid_grad, true);
    check_derivative(cnn_tanh, cnn_tanh_grad, true);
    check_derivative(cnn_softplus, cnn_softplus_grad, true);
    check_derivative(elu, elu_grad, true);
    check_derivative(cnn_hard_sigmoid, cnn_hard_sigmoid_grad, true);
    check_derivative(cnn_gelu, cnn_gelu_grad, false);
    check_derivative(cnn_silu, cnn_silu_grad, false);
    check_derivative(cnn_hard_swish, cnn_hard_swish_grad, false);
}

static double huber(const double *y, const double *t, size_t n)
{
    return cnn_huber(y, t, n, 0.25);
}
static void huber_grad(const double *y, const double *t, double *dy, size_t n, double scale)
{
    cnn_huber_grad(y, t, dy, n, 0.25, scale);
}

static void check_loss(double (*loss)(const double *, const double *, size_t),
                       void (*gradient)(const double *, const double *, double *, size_t, double))
{
    double y[] = {0.2, 0.7, 0.4, 0.9}, t[] = {0, 1, 0.35, 0.3}, dy[4];
    gradient(y, t, dy, 4, 3);
    for (int i = 0; i < 4; i++) {
        const double x = y[i], h = 1e-6;
        y[i] = x + h;
        const double up = loss(y, t, 4);
        y[i] = x - h;
        const double down = loss(y, t, 4);
        y[i] = x;
        CHECK(fabs(3 * (up - down) / (2 * h) - dy[i]) < 1e-7);
    }
}

TEST(gradients_of_losses_are_difference_quotients)
{
    check_loss(cnn_mse, cnn_mse_grad);
    check_loss(cnn_mae, cnn_mae_grad);
    check_loss(huber, huber_grad);
    check_loss(cnn_binary_cross_entropy, cnn_binary_cross_entropy_grad);
    check_loss(cnn_cross_entropy, cnn_cross_entropy_grad);
}
#endif

TEST(losses_of_certain_and_impossible_answers_are_finite)
{
    const cnn_real y[] = {0, 1}, t[] = {1, 0};
    CHECK(cnn_cross_entropy(y, t, 2) > 16 && cnn_cross_entropy(y, t, 2) < 17);
    CHECK(cnn_binary_cross_entropy(y, t, 2) > 15 && cnn_binary_cross_entropy(y, t, 2) < 17);
}

TEST(softmax_sums_to_one_whatever_comes)
{
    cnn_real y[] = {1000, 999, -1000};
    cnn_softmax(y, 3);
    CHECK(fabs((double)(y[0] + y[1] + y[2]) - 1) < 1e-6 && y[2] == 0 && y[0] > y[1]);
    cnn_softmax(y, 0);
}

TEST(random_numbers_are_the_same_everywhere)
{
    uint64_t state = 1;
    CHECK(cnn_random(&state) ==
          UINT64_C(0x910a2dec89025cc1)); /* splitmix64's published first output for 1 */
    double sum = 0, squares = 0;
    static cnn_real w[100000];
    cnn_init_normal(w, 100000, (cnn_real)0.5, &state);
    for (int i = 0; i < 100000; i++) {
        sum += (double)w[i];
        squares += (double)w[i] * (double)w[i];
        CHECK(fabs((double)w[i]) < 2 * 0.5 / 0.8796);
    }
    CHECK(fabs(sum / 100000) < 0.01 && fabs(sqrt(squares / 100000) - 0.5) < 0.01);
    cnn_init_uniform(w, 1000, 3, &state);
    for (int i = 0; i < 1000; i++)
        CHECK(w[i] >= -3 && w[i] < 3);
}

TEST(dropout_drops_its_share_and_backward_the_same)
{
    static cnn_real x[20000], y[20000];
    int kept = 0, same = 0;
    for (int i = 0; i < 20000; i++)
        x[i] = 1;
    cnn_dropout(x, y, 20000, (cnn_real)0.25, 9);
    cnn_dropout_grad(x, 20000, (cnn_real)0.25, 9);
    for (int i = 0; i < 20000; i++) {
        kept += y[i] != 0;
        same += x[i] == y[i];
    }
    CHECK(kept > 14700 && kept < 15300 && same == 20000);
    CHECK(fabs((double)y[0]) < 1e-9 || fabs((double)y[0] - 1 / 0.75) < 1e-6);
}

TEST(adam_starts_with_a_step_of_lr)
{
    cnn_real w[] = {1, 1}, m[2] = {0}, v[2] = {0};
    const cnn_real dw[] = {(cnn_real)0.5, -3};
    cnn_adam(w, dw, m, v, 2, (cnn_real)0.1, (cnn_real)0.9, (cnn_real)0.999, (cnn_real)1e-7, 1, 1,
             0);
    CHECK(fabs((double)w[0] - 0.9) < 1e-5 && fabs((double)w[1] - 1.1) < 1e-5);
    CHECK(fabs((double)cnn_norm(dw, 2) - sqrt(9.25)) < 1e-5 && cnn_norm(dw, 0) == 0);
}

int main(void)
{
    RUN(elementary_functions_keep_their_bounds);
    RUN(elementary_functions_at_their_ends);
#ifdef CNN_DOUBLE
    RUN(derivatives_are_difference_quotients);
    RUN(gradients_of_losses_are_difference_quotients);
#endif
    RUN(losses_of_certain_and_impossible_answers_are_finite);
    RUN(softmax_sums_to_one_whatever_comes);
    RUN(random_numbers_are_the_same_everywhere);
    RUN(dropout_drops_its_share_and_backward_the_same);
    RUN(adam_starts_with_a_step_of_lr);
    return test_end();
}
