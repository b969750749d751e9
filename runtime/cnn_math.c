/* cnn_math.c - exp, log, tanh and erf from the bits of floats and short series.
 *
 * exp: x = n*ln 2 + r with |r| <= ln(2)/2, then Taylor's series of exp(r) and n into the exponent.
 * log: x = m*2^e with m around 1, then log m = 2*artanh((m - 1)/(m + 1)).
 *
 * Limits and signs are set in the bits, by integers: a choice between floats is a jump to many
 * compilers, and a loop over functions without jumps becomes vectors. On targets with fused
 * multiply-add the last bit of a result may differ. */
#include "cnn.h"

#include <float.h>
#include <string.h>

/*@ cnn_limits: */
#ifdef CNN_DOUBLE
#define CNN_MAX DBL_MAX
#define CNN_MIN DBL_MIN
#else
#define CNN_MAX FLT_MAX
#define CNN_MIN FLT_MIN
#endif

/*@ cnn_ln2: */
#ifdef CNN_DOUBLE
#define CNN_LN2_HIGH 6.93147180369123816490e-01
#define CNN_LN2_LOW  1.90821492927058770002e-10
#else
#define CNN_LN2_HIGH 0.693145751953125f
#define CNN_LN2_LOW  1.42860677e-06f
#endif

/*@ cnn_constant: */
#ifdef CNN_DOUBLE
#define CNN_C(x) x
#else
#define CNN_C(x) x##f
#endif

/*@ cnn_flip: */
/* x, with the other sign if y is negative; of x and x: its magnitude. */
CNN_API cnn_real cnn_flip(cnn_real x, cnn_real y);
CNN_API cnn_real cnn_flip(cnn_real x, cnn_real y)
{
#ifdef CNN_DOUBLE
    uint64_t a, b;
    const uint64_t sign = UINT64_C(1) << 63;
#else
    uint32_t a, b;
    const uint32_t sign = UINT32_C(1) << 31;
#endif
    memcpy(&a, &x, sizeof a);
    memcpy(&b, &y, sizeof b);
    a ^= b & sign;
    memcpy(&x, &a, sizeof a);
    return x;
}

/*@ cnn_exp_range: */
/* x brought to -104..104 (-746..746), beyond which exp(x) is 0 or infinity; a NaN stays one. */
CNN_API cnn_real cnn_exp_range(cnn_real x);
CNN_API cnn_real cnn_exp_range(cnn_real x)
{
#ifdef CNN_DOUBLE
    uint64_t bits, size;
    const uint64_t sign = UINT64_C(1) << 63, infinity = UINT64_C(0x7ff0000000000000);
    const uint64_t most = UINT64_C(0x4087500000000000);
#else
    uint32_t bits, size;
    const uint32_t sign = UINT32_C(1) << 31, infinity = UINT32_C(0x7f800000);
    const uint32_t most = UINT32_C(0x42d00000);
#endif
    memcpy(&bits, &x, sizeof bits);
    size = bits & ~sign;
    size = size - most <= infinity - most ? most : size; /* smaller ones wrap around */
    bits = (bits & sign) | size;
    memcpy(&x, &bits, sizeof bits);
    return x;
}

/*@ cnn_power2: */
/* 2^n for an exponent that fits a normal number. */
CNN_API cnn_real cnn_power2(int n);
CNN_API cnn_real cnn_power2(int n)
{
#ifdef CNN_DOUBLE
    const uint64_t bits = (uint64_t)(n + 1023) << 52;
#else
    const uint32_t bits = (uint32_t)(n + 127) << 23;
#endif
    cnn_real x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/*@ cnn_exp_series: cnn_constant */
/* exp(r) - 1 for |r| <= ln(2)/2 by Taylor's series. */
CNN_API cnn_real cnn_exp_series(cnn_real r);
CNN_API cnn_real cnn_exp_series(cnn_real r)
{
#ifdef CNN_DOUBLE
    cnn_real p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
#else
    cnn_real p = 1.0f / 5040.0f;
#endif
    p = p * r + CNN_C(1.0) / CNN_C(720.0);
    p = p * r + CNN_C(1.0) / CNN_C(120.0);
    p = p * r + CNN_C(1.0) / CNN_C(24.0);
    p = p * r + CNN_C(1.0) / CNN_C(6.0);
    p = p * r + CNN_C(0.5);
    return p * r * r + r;
}

/*@ cnn_nearest: */
/* The integer nearest to x, |x| < 2^21: after adding 1.5 * 2^23 (2^52) it stands in the lowest
 * bits. Unlike a conversion this gives some integer for a NaN. */
CNN_API int cnn_nearest(cnn_real x);
CNN_API int cnn_nearest(cnn_real x)
{
#ifdef CNN_DOUBLE
    const cnn_real shifted = x + 6755399441055744.0;
    uint64_t bits;
#else
    const cnn_real shifted = x + 12582912.0f;
    uint32_t bits;
#endif
    memcpy(&bits, &shifted, sizeof bits);
    return (int)(bits & 0x3fffff) - (int)((bits & 0x200000) << 1);
}

/*@ cnn_exp: cnn_ln2 cnn_constant cnn_power2 cnn_exp_range cnn_nearest cnn_exp_series */
CNN_API cnn_real cnn_exp(cnn_real x)
{
    const cnn_real z = cnn_exp_range(x);
    const int n = cnn_nearest(z * CNN_C(1.44269504088896341)), half = n / 2;
    const cnn_real k = (cnn_real)n, r = (z - k * CNN_LN2_HIGH) - k * CNN_LN2_LOW;
    return (1 + cnn_exp_series(r)) * cnn_power2(half) * cnn_power2(n - half);
}

/*@ cnn_expm1: cnn_ln2 cnn_constant cnn_power2 cnn_exp_range cnn_nearest cnn_exp_series */
/* exp(x) - 1 for x <= 88 without losing the digits of a small x: there n is 0. */
CNN_API cnn_real cnn_expm1(cnn_real x);
CNN_API cnn_real cnn_expm1(cnn_real x)
{
    const cnn_real z = cnn_exp_range(x);
    const int n = cnn_nearest(z * CNN_C(1.44269504088896341)), half = n / 2;
    const cnn_real k = (cnn_real)n, r = (z - k * CNN_LN2_HIGH) - k * CNN_LN2_LOW;
    const cnn_real power = cnn_power2(half) * cnn_power2(n - half);
    return power * cnn_exp_series(r) + (power - 1);
}

/*@ cnn_artanh2: cnn_constant */
/* 2*artanh(s) for |s| <= 0.1716. */
CNN_API cnn_real cnn_artanh2(cnn_real s);
CNN_API cnn_real cnn_artanh2(cnn_real s)
{
    const cnn_real q = s * s;
#ifdef CNN_DOUBLE
    cnn_real p = 2.0 / 23.0;
    p = p * q + 2.0 / 21.0;
    p = p * q + 2.0 / 19.0;
    p = p * q + 2.0 / 17.0;
    p = p * q + 2.0 / 15.0;
    p = p * q + 2.0 / 13.0;
    p = p * q + 2.0 / 11.0;
#else
    cnn_real p = 2.0f / 11.0f;
#endif
    p = p * q + CNN_C(2.0) / CNN_C(9.0);
    p = p * q + CNN_C(2.0) / CNN_C(7.0);
    p = p * q + CNN_C(2.0) / CNN_C(5.0);
    p = p * q + CNN_C(2.0) / CNN_C(3.0);
    return 2 * s + s * q * p;
}

/*@ cnn_log: cnn_limits cnn_ln2 cnn_constant cnn_artanh2 */
/* The bits of sqrt(1/2) are taken off first, so that m lies in sqrt(1/2) .. sqrt(2) at once. */
CNN_API cnn_real cnn_log(cnn_real x)
{
    const cnn_real two72 = CNN_C(16777216.0) * CNN_C(16777216.0) * CNN_C(16777216.0);
    const int tiny = x < CNN_MIN;
    cnn_real m = x * (tiny ? two72 : 1);
#ifdef CNN_DOUBLE
    const uint64_t start = UINT64_C(0x3fe6a09e667f3bcd);
    uint64_t bits;
    memcpy(&bits, &m, sizeof bits);
    bits += UINT64_C(0x3ff0000000000000) - start;
    const int e = (int)(bits >> 52) - 1023 - (tiny ? 72 : 0);
    bits = (bits & UINT64_C(0x000fffffffffffff)) + start;
#else
    const uint32_t start = UINT32_C(0x3f3504f3);
    uint32_t bits;
    memcpy(&bits, &m, sizeof bits);
    bits += UINT32_C(0x3f800000) - start;
    const int e = (int)(bits >> 23) - 127 - (tiny ? 72 : 0);
    bits = (bits & UINT32_C(0x007fffff)) + start;
#endif
    memcpy(&m, &bits, sizeof m);
    const cnn_real k = (cnn_real)e, s = (m - 1) / (m + 1);
    cnn_real log = k * CNN_LN2_HIGH + (cnn_artanh2(s) + k * CNN_LN2_LOW);
    log = x > CNN_MAX ? x : log;
    log = x > 0 ? log : -(CNN_MAX * 2); /* of 0 */
    return x >= 0 ? log : (x - x) / (x - x);
}

/*@ cnn_tanh: cnn_flip cnn_expm1 */
CNN_API cnn_real cnn_tanh(cnn_real x)
{
    const cnn_real m = cnn_expm1(-2 * cnn_flip(x, x));
    return cnn_flip(-m / (m + 2), x);
}

/*@ cnn_erf: cnn_flip cnn_expm1/32 cnn_exp/64 */
#ifdef CNN_DOUBLE
/* 2/sqrt(pi) * exp(-x^2) * sum of 2^k x^(2k+1) / (1*3*...*(2k+1)): every term is positive, nothing
 * cancels. */
CNN_API cnn_real cnn_erf(cnn_real x)
{
    const cnn_real a = cnn_flip(x, x), q = 2 * a * a;
    cnn_real term = a, sum = a, odd = 1;
    if (!(a < 6)) {
        return a >= 6 ? cnn_flip(1, x) : x; /* a NaN stays one */
    }
    while (term > sum * 1e-17) {
        odd += 2;
        term = term * q / odd;
        sum += term;
    }
    sum = sum * cnn_exp(-a * a) * 1.12837916709551257390;
    return cnn_flip(sum > 1 ? 1 : sum, x);
}
#else
/* 1 - erf(a) falls like exp(-a*p) with a smooth p(a): a polynomial, fitted by least squares on 0..4
 * with weights moved until the largest error was as small as it gets. It grows beyond 4, too, where
 * a float erf is 1. */
CNN_API cnn_real cnn_erf(cnn_real x)
{
    const cnn_real a = cnn_flip(x, x);
    cnn_real p = 1.19338315e-6f;
    p = p * a - 2.13554357e-5f;
    p = p * a + 1.67484344e-4f;
    p = p * a - 7.40693003e-4f;
    p = p * a + 1.79936221e-3f;
    p = p * a - 2.53066648e-4f;
    p = p * a - 1.91176928e-2f;
    p = p * a + 1.02771277e-1f;
    p = p * a + 6.36619835e-1f;
    p = p * a + 1.12837917f;
    return cnn_flip(-cnn_expm1(-a * p), x);
}
#endif
