/* cnn_math.c - exp, log, tanh, erf and square root from the bits of floats and short series, so
 * that every machine computes the same.
 *
 * exp: x = n*ln 2 + r with |r| <= ln(2)/2, then Taylor's series of exp(r) and n into the exponent.
 * log: x = m*2^e with m around 1, then log m = 2*artanh((m - 1)/(m + 1)). */
#include "cnn.h"

#include <float.h>
#include <string.h>

/*@ cnn_limits: */
#ifdef CNN_DOUBLE
#define CNN_MAX      DBL_MAX
#define CNN_MIN      DBL_MIN
#define CNN_EXP_LOW  (-708.0)
#define CNN_EXP_HIGH 709.0
#define CNN_LN2_HIGH 6.93147180369123816490e-01
#define CNN_LN2_LOW  1.90821492927058770002e-10
#define CNN_C(x)     x
#else
#define CNN_MAX      FLT_MAX
#define CNN_MIN      FLT_MIN
#define CNN_EXP_LOW  (-87.3f)
#define CNN_EXP_HIGH 88.7f
#define CNN_LN2_HIGH 0.693145751953125f
#define CNN_LN2_LOW  1.42860677e-06f
#define CNN_C(x)     x##f
#endif

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

/*@ cnn_exp_series: cnn_limits */
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

/*@ cnn_exp: cnn_limits cnn_power2 cnn_exp_series */
CNN_API cnn_real cnn_exp(cnn_real x)
{
    const cnn_real low = x < CNN_EXP_LOW ? CNN_EXP_LOW : x;
    const cnn_real y = low > CNN_EXP_HIGH
                           ? CNN_EXP_HIGH
                           : low; /* NaN: made 0 for the integer below, back at the end */
    const cnn_real z = y == y ? y : 0;
    const int n = (int)(z * CNN_C(1.44269504088896341) + (z < 0 ? CNN_C(-0.5) : CNN_C(0.5)));
    const cnn_real k = (cnn_real)n, r = (z - k * CNN_LN2_HIGH) - k * CNN_LN2_LOW;
    const cnn_real half = cnn_power2(n / 2), rest = cnn_power2(n - n / 2);
    const cnn_real e = (1 + cnn_exp_series(r)) * half * rest;
    if (x != x)
        return x;
    return x < CNN_EXP_LOW ? 0 : x > CNN_EXP_HIGH ? CNN_MAX * 2 : e;
}

/*@ cnn_expm1: cnn_exp cnn_exp_series */
/* exp(x) - 1 without losing the digits of a small x. */
CNN_API cnn_real cnn_expm1(cnn_real x);
CNN_API cnn_real cnn_expm1(cnn_real x)
{
    return x > CNN_C(-0.34) && x < CNN_C(0.34) ? cnn_exp_series(x) : cnn_exp(x) - 1;
}

/*@ cnn_artanh2: cnn_limits */
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

/*@ cnn_log: cnn_limits cnn_artanh2 */
CNN_API cnn_real cnn_log(cnn_real x)
{
    cnn_real m = x;
    int e = 0;
    if (!(x > 0) || x > CNN_MAX)
        return x == 0  ? -(CNN_MAX * 2)
               : x < 0 ? (x - x) / (x - x)
                       : x; /* -inf, NaN, inf or NaN as it came */
    if (x < CNN_MIN) {
        m = x * CNN_C(16777216.0) * CNN_C(16777216.0) * CNN_C(16777216.0);
        e = -72;
    }
#ifdef CNN_DOUBLE
    uint64_t bits;
    memcpy(&bits, &m, sizeof bits);
    e += (int)(bits >> 52) - 1023;
    bits = (bits & UINT64_C(0x000fffffffffffff)) | UINT64_C(0x3ff0000000000000);
#else
    uint32_t bits;
    memcpy(&bits, &m, sizeof bits);
    e += (int)(bits >> 23) - 127;
    bits = (bits & UINT32_C(0x007fffff)) | UINT32_C(0x3f800000);
#endif
    memcpy(&m, &bits, sizeof m);
    if (m > CNN_C(1.41421356237309505)) {
        m = m / 2;
        e++;
    }
    return (cnn_real)e * CNN_LN2_HIGH +
           (cnn_artanh2((m - 1) / (m + 1)) + (cnn_real)e * CNN_LN2_LOW);
}

/*@ cnn_tanh: cnn_expm1 */
CNN_API cnn_real cnn_tanh(cnn_real x)
{
    const cnn_real a = x < 0 ? -x : x;
    const cnn_real m = cnn_expm1(2 * (a > 20 ? 20 : a));
    const cnn_real t = m / (m + 2);
    return x < 0 ? -t : t;
}

/*@ cnn_erf: cnn_limits cnn_exp */
/* erf(x) = 2/sqrt(pi) * exp(-x^2) * sum of 2^k x^(2k+1) / (1*3*...*(2k+1)): every term is positive,
 * nothing cancels. */
CNN_API cnn_real cnn_erf(cnn_real x)
{
    const cnn_real a = x < 0 ? -x : x, q = 2 * a * a;
    cnn_real term = a, sum = a, odd = 1;
    if (!(a < 6))
        return x != x ? x : x < 0 ? -1 : 1;
    while (term > sum * CNN_C(1e-17)) {
        odd += 2;
        term = term * q / odd;
        sum += term;
    }
    sum = sum * cnn_exp(-a * a) * CNN_C(1.12837916709551257390);
    sum = sum > 1 ? 1 : sum;
    return x < 0 ? -sum : sum;
}

/*@ cnn_sqrt: cnn_limits */
/* Newton's steps for 1/sqrt(x) need no division, and a compiler can run them over vectors. */
CNN_API cnn_real cnn_sqrt(cnn_real x)
{
    const cnn_real v = x < CNN_MIN ? CNN_MIN : x > CNN_MAX ? CNN_MAX : x;
    cnn_real y;
#ifdef CNN_DOUBLE
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    bits = UINT64_C(0x5fe6eb50c7b537a9) - (bits >> 1);
    memcpy(&y, &bits, sizeof y);
    y = y * (1.5 - 0.5 * v * y * y);
#else
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    bits = UINT32_C(0x5f3759df) - (bits >> 1);
    memcpy(&y, &bits, sizeof y);
#endif
    y = y * (CNN_C(1.5) - (CNN_C(0.5) * v * y) * y);
    y = y * (CNN_C(1.5) - (CNN_C(0.5) * v * y) * y);
    y = y * (CNN_C(1.5) - (CNN_C(0.5) * v * y) * y);
    y = v * y + CNN_C(0.5) * y * (v - (v * y) * (v * y)); /* and one for sqrt(x) itself */
    return x < CNN_MIN ? 0 : x > CNN_MAX || x != x ? x : y;
}
