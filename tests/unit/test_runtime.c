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

#ifdef CNN_DOUBLE
#define BOUND(real32, real64) real64
#else
#define BOUND(real32, real64) real32
#endif

/* The bounds stand in cnn.h. */
TEST(elementary_functions_keep_their_bounds)
{
    CHECK(worst(cnn_exp, exp, -87, 88, "exp") < BOUND(0.8, 1.1));
    CHECK(worst(cnn_exp, exp, -1, 1, "exp") < BOUND(0.8, 1.1));
    CHECK(worst(cnn_log, log, 1e-30, 0.9, "log") < BOUND(1.5, 2));
    CHECK(worst(cnn_log, log, 0.9, 0.9999, "log") < BOUND(1.5, 2));
    CHECK(worst(cnn_log, log, 1.0001, 1.1, "log") < BOUND(1.5, 2));
    CHECK(worst(cnn_log, log, 1.1, 1e6, "log") < BOUND(1.5, 2));
    CHECK(worst(cnn_tanh, tanh, -9, 9, "tanh") < BOUND(1.6, 2.4));
    CHECK(worst(cnn_tanh, tanh, 1e-6, 0.2, "tanh") < BOUND(1.6, 2.4));
    CHECK(worst(cnn_sqrt, sqrt, 1e-6, 1e6, "sqrt") < 1.01);
    CHECK(worst(cnn_sqrt, sqrt, 1e-30, 1e30, "sqrt") < 1.01);
    CHECK(worst(cnn_erf, erf, -6, 6, "erf") < BOUND(2, 10));
    CHECK(worst(cnn_erf, erf, 1e-6, 0.1, "erf") < BOUND(2, 10));
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
    CHECK(cnn_gelu_tanh(100) == 100 && cnn_gelu_tanh(-100) == 0 && cnn_gelu_tanh_grad(inf) == 1 &&
          cnn_gelu_tanh_grad(-inf) == 0 && cnn_softsign(CNN_MAX) == 1 && cnn_softsign(-3) == -0.75f);
    CHECK(cnn_thresholded_relu(2, 2) == 0 && cnn_thresholded_relu(3, 2) == 3 &&
          cnn_thresholded_relu(nan, 2) != cnn_thresholded_relu(nan, 2));
    CHECK(cnn_gelu_grad(inf) == 1 && cnn_gelu_grad(-inf) == 0);
    CHECK(cnn_exp(inf) == inf && cnn_exp(-nan) != cnn_exp(-nan) && cnn_sqrt(-inf) == 0);
    CHECK(cnn_exp((cnn_real)BOUND(-103, -745)) > 0 && cnn_exp((cnn_real)BOUND(-104, -746)) == 0);
    CHECK(cnn_exp((cnn_real)BOUND(88.7, 709.7)) < inf &&
          cnn_exp((cnn_real)BOUND(88.8, 709.9)) == inf);
    CHECK(cnn_tanh(inf) == 1 && cnn_erf(inf) == 1 && cnn_erf(-10) == -1 && cnn_sqrt(CNN_MAX) < inf);
    CHECK(cnn_elu(inf, 1) == inf && cnn_elu(-inf, 2) == -2 && cnn_elu(nan, 1) != cnn_elu(nan, 1));
    CHECK(cnn_sigmoid(nan) != cnn_sigmoid(nan) && cnn_relu6(nan) != cnn_relu6(nan));
    CHECK(cnn_relu6(7) == 6 && cnn_hard_sigmoid(3) == 1 && cnn_hard_sigmoid(-3) == 0);
    CHECK(cnn_hard_swish(4) == 4 && cnn_hard_swish(-4) == 0 && cnn_hard_swish(0) == 0);
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
static double thresholded(double x)
{
    return cnn_thresholded_relu(x, 0.7);
}
static double thresholded_grad(double y)
{
    return cnn_thresholded_relu_grad(y, 0.7);
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
    check_derivative(thresholded, thresholded_grad, true);
    check_derivative(cnn_softsign, cnn_softsign_grad, true);
    check_derivative(cnn_gelu_tanh, cnn_gelu_tanh_grad, false);
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

/* The gradient before a last activation is that of the loss, taken back through the activation. */
TEST(fused_gradients_are_those_of_the_two_parts)
{
    double y[] = {0.3, -1.2, 2, 0.1}, part[4], fused[4];
    const double t[] = {0, 0.25, 0.5, 1};
    cnn_softmax(y, 4);
    cnn_cross_entropy_grad(y, t, part, 4, 3);
    cnn_softmax_grad(y, part, 4);
    cnn_softmax_cross_entropy_grad(y, t, fused, 4, 3);
    for (int i = 0; i < 4; i++)
        CHECK(fabs(part[i] - fused[i]) < 1e-13);
    cnn_binary_cross_entropy_grad(y, t, part, 4, 3);
    cnn_sigmoid_cross_entropy_grad(y, t, fused, 4, 3);
    for (int i = 0; i < 4; i++)
        CHECK(fabs(part[i] * cnn_sigmoid_grad(y[i]) - fused[i]) < 1e-13);
}

/* The loss is sum(c * softmax(x)), so that what comes back is c. */
TEST(gradient_of_softmax_is_a_difference_quotient)
{
    const double c[] = {1, -2, 0.5}, h = 1e-5;
    double x[] = {0.2, 1.1, -0.4}, y[3], dy[3];
    memcpy(y, x, sizeof y);
    memcpy(dy, c, sizeof dy);
    cnn_softmax(y, 3);
    cnn_softmax_grad(y, dy, 3);
    for (int i = 0; i < 3; i++) {
        double up[3], down[3], difference = 0;
        memcpy(up, x, sizeof up);
        memcpy(down, x, sizeof down);
        up[i] += h;
        down[i] -= h;
        cnn_softmax(up, 3);
        cnn_softmax(down, 3);
        for (int k = 0; k < 3; k++)
            difference += c[k] * (up[k] - down[k]) / (2 * h);
        CHECK(fabs(difference - dy[i]) < 1e-9);
    }
}
#endif

TEST(losses_of_certain_and_impossible_answers_are_finite)
{
    const cnn_real y[] = {0, 1}, t[] = {1, 0};
    cnn_real dy[2];
    CHECK(cnn_cross_entropy(y, t, 2) > 16 && cnn_cross_entropy(y, t, 2) < 17);
    CHECK(cnn_binary_cross_entropy(y, t, 2) > 15 && cnn_binary_cross_entropy(y, t, 2) < 17);
    cnn_cross_entropy_grad(y, t, dy, 2, 1);
    CHECK(dy[0] < -9e6 && dy[0] > -1.1e7 && dy[1] == 0);
    cnn_binary_cross_entropy_grad(y, t, dy, 2, 1);
    CHECK(dy[0] < -4e6 && dy[0] > -6e6 && dy[1] > 4e6 && dy[1] < 6e6);
}

TEST(losses_by_hand)
{
    const cnn_real y[] = {1, 2, -1, 0}, t[] = {0, 2, 1, 0};
    CHECK(cnn_mse(y, t, 4) == (cnn_real)1.25 && cnn_mae(y, t, 4) == (cnn_real)0.75);
    CHECK(cnn_huber(y, t, 4, 1) == (cnn_real)0.5); /* (1/2 + (2 - 1/2)) / 4 */
    CHECK(cnn_cross_entropy(y, t, 0) == 0);
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
    cnn_dropout_factors(x, 20000, (cnn_real)0.25, 9);
    CHECK(memcmp(x, y, sizeof x) == 0); /* what becomes of ones */
}

TEST(random_weights_do_not_depend_on_rounding)
{
    uint64_t state = 7;
    cnn_real w[3];
    cnn_init_normal(w, 3, (cnn_real)0.87962566103423978, &state); /* then w is z/2^22 */
    printf("# first normal numbers of seed 7: %.0f %.0f %.0f\n", (double)w[0] * 4194304,
           (double)w[1] * 4194304, (double)w[2] * 4194304);
    CHECK((double)w[0] * 4194304 == 1391339 && (double)w[1] * 4194304 == -537660);
    CHECK((double)w[2] * 4194304 == -1457246);
}

/* A normal distribution cut at two: the share within one deviation is erf(1/sqrt 2) / erf(sqrt 2).
 */
TEST(normal_weights_have_the_shape_of_the_curve)
{
    static cnn_real w[200000];
    uint64_t state = 3;
    const double cut = 0.87962566103423978, expected = erf(sqrt(0.5)) / erf(sqrt(2));
    int within = 0, within_half = 0, above = 0;
    cnn_init_normal(w, 200000, (cnn_real)cut, &state);
    for (int i = 0; i < 200000; i++) {
        within += fabs((double)w[i]) < 1;
        within_half += fabs((double)w[i]) < 0.5;
        above += w[i] > 0;
    }
    CHECK(fabs(within / 200000.0 - expected) < 0.004);
    CHECK(fabs(within_half / 200000.0 - erf(sqrt(0.125)) / erf(sqrt(2))) < 0.004);
    CHECK(fabs(above / 200000.0 - 0.5) < 0.004);
}

/* w, dw, m and v before a step; every optimizer works on three equal weights, as vectors would. */
typedef struct {
    cnn_real w[3], dw[3], m[3], v[3];
} Weights;

static Weights start(void)
{
    Weights s;
    for (int i = 0; i < 3; i++) {
        s.w[i] = 2;
        s.dw[i] = 4;
        s.m[i] = (cnn_real)0.5;
        s.v[i] = (cnn_real)0.25;
    }
    return s;
}

static bool all_near(const cnn_real *values, double expected)
{
    for (int i = 0; i < 3; i++)
        if (fabs((double)values[i] - expected) > 8 * EPSILON * (1 + fabs(expected)))
            return false;
    return true;
}

/* scale 1/2 and decay 1/8: g = 4/2 + 2/8 = 2.25. */
TEST(steps_of_sgd_and_its_momenta_by_hand)
{
    const cnn_real half = (cnn_real)0.5, lr = (cnn_real)0.1, decay = (cnn_real)0.125;
    Weights s = start();
    cnn_sgd(s.w, s.dw, 3, lr, half, decay);
    CHECK(all_near(s.w, 2 - 0.1 * 2.25));
    s = start();
    cnn_momentum(s.w, s.dw, s.m, 3, lr, (cnn_real)0.9, half, decay);
    CHECK(all_near(s.m, 2.7) && all_near(s.w, 2 - 0.1 * 2.7));
    s = start();
    cnn_nesterov(s.w, s.dw, s.m, 3, lr, (cnn_real)0.9, half, decay);
    CHECK(all_near(s.m, 2.7) && all_near(s.w, 2 - 0.1 * (2.25 + 0.9 * 2.7)));
}

TEST(steps_of_rmsprop_and_adam_by_hand)
{
    const cnn_real half = (cnn_real)0.5, lr = (cnn_real)0.1, decay = (cnn_real)0.125;
    const cnn_real b1 = (cnn_real)0.75, b2 = (cnn_real)0.5, e = (cnn_real)0.01; /* 3rd step */
    const double g = 2.25, rest1 = 1 - 0.75 * 0.75 * 0.75, rest2 = 1 - 0.125;
    double m = 0.75 * 0.5 + 0.25 * g, v = 0.5 * 0.25 + 0.5 * g * g;
    Weights s = start();
    cnn_rmsprop(s.w, s.dw, s.v, 3, lr, b2, e, half, decay);
    CHECK(all_near(s.v, v) && all_near(s.w, 2 - 0.1 * g / (sqrt(v) + 0.01)));
    s = start();
    cnn_adam(s.w, s.dw, s.m, s.v, 3, lr, b1, b2, e, 3, half, decay);
    CHECK(all_near(s.m, m) && all_near(s.v, v));
    CHECK(all_near(s.w, 2 - 0.1 * (m / rest1) / (sqrt(v / rest2) + 0.01)));
    m = 0.75 * 0.5 + 0.25 * 2;
    v = 0.5 * 0.25 + 0.5 * 4;
    s = start();
    cnn_adamw(s.w, s.dw, s.m, s.v, 3, lr, b1, b2, e, 3, half, decay);
    CHECK(all_near(s.m, m) && all_near(s.v, v));
    CHECK(all_near(s.w, 2 - 0.1 * 0.125 * 2 - 0.1 * (m / rest1) / (sqrt(v / rest2) + 0.01)));
}

TEST(adam_starts_with_a_step_of_lr)
{
    cnn_real w[] = {1, 1, 1}, m[3] = {0}, v[3] = {0};
    const cnn_real dw[] = {(cnn_real)0.5, -3, 0};
    cnn_adam(w, dw, m, v, 3, (cnn_real)0.1, (cnn_real)0.9, (cnn_real)0.999, (cnn_real)1e-7, 1, 1,
             0);
    CHECK(fabs((double)w[0] - 0.9) < 1e-5 && fabs((double)w[1] - 1.1) < 1e-5 && w[2] == 1);
}

TEST(norm_is_the_root_of_all_squares)
{
    cnn_real dw[21];
    for (int i = 0; i < 21; i++)
        dw[i] = (cnn_real)(i - 3);
    double squares = 0;
    for (int i = 0; i < 21; i++) {
        CHECK(fabs((double)cnn_norm(dw, (size_t)i) - sqrt(squares)) < 1e-5);
        squares += (i - 3) * (i - 3);
    }
}

int main(void)
{
    RUN(elementary_functions_keep_their_bounds);
    RUN(elementary_functions_at_their_ends);
#ifdef CNN_DOUBLE
    RUN(derivatives_are_difference_quotients);
    RUN(gradients_of_losses_are_difference_quotients);
    RUN(fused_gradients_are_those_of_the_two_parts);
    RUN(gradient_of_softmax_is_a_difference_quotient);
#endif
    RUN(losses_of_certain_and_impossible_answers_are_finite);
    RUN(losses_by_hand);
    RUN(softmax_sums_to_one_whatever_comes);
    RUN(random_numbers_are_the_same_everywhere);
    RUN(dropout_drops_its_share_and_backward_the_same);
    RUN(random_weights_do_not_depend_on_rounding);
    RUN(normal_weights_have_the_shape_of_the_curve);
    RUN(steps_of_sgd_and_its_momenta_by_hand);
    RUN(steps_of_rmsprop_and_adam_by_hand);
    RUN(adam_starts_with_a_step_of_lr);
    RUN(norm_is_the_root_of_all_squares);
    return test_end();
}
