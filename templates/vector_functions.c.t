% -- Only what this network calls.
% local n, text = N, M.body
% local function called(name) return text:find(name .. n .. "(", 1, true) ~= nil end
% if called("load") then
static inline v${n} load${n}(const real *x)
{
    return ${scalar and "*x" or "*(const v" .. n .. " *)(const void *)x"};
}
% end
% if called("put") then
static inline void put${n}(real *y, v${n} a)
{
    ${scalar and "*y" or "*(v" .. n .. " *)(void *)y"} = a;
}
% end
% if called("store") then
%   if M.intrinsics and not scalar then
#if VECTOR_BYTES ${n == 16 and "== 32" or ">= 32"}
/* All bits of the first n lanes. */
static inline m${n} first${n}(int n)
{
    static const int bits[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    return *(const m${n} *)(const void *)(bits + 8 - n);
}
#endif
%   end
/* The first lanes of a, at most n. */
static inline void store${n}(real *y, v${n} a, int n)
{
%   if scalar then
    (void)n;
    *y = a;
%   else
    if (n >= L${n}) {
        *(v${n} *)(void *)y = a;
    } else {
%   if n == 16 and M.intrinsics then
#if VECTOR_BYTES == 64
        _mm512_mask_storeu_ps(y, (__mmask16)((1u << n) - 1u), (__m512)a);
#elif VECTOR_BYTES == 32
        _mm256_maskstore_ps(y, (__m256i)first${n}(n), (__m256)a);
#else
%   elseif M.intrinsics then
#if VECTOR_BYTES >= 32
        _mm${n == 8 and "256" or ""}_maskstore_ps(y, (__m${n == 8 and "256" or "128"}i)first${n}(n), (__m${n == 8 and "256" or "128"})a);
#else
%   end
        for (int lane = 0; lane < L${n} && lane < n; lane++) {
            y[lane] = a[lane];
        }
%   if M.intrinsics then
#endif
%   end
    }
%   end
}
% end
% if called("relu") then
static inline v${n} relu${n}(v${n} a)
{
    ${scalar and "return a < 0 ? 0 : a" or "return (v" .. n .. ")(~(a < (v" .. n .. "){0}) & (m" .. n .. ")a)"};
}
% end
% if called("max") then
/* b where it is larger, else a: a NaN in b never wins. */
static inline v${n} max${n}(v${n} a, v${n} b)
{
%   if scalar then
    return b > a ? b : a;
%   else
    const m${n} larger = (m${n})(b > a);
    return (v${n})((larger & (m${n})b) | (~larger & (m${n})a));
%   end
}
% end
% if called("pass") then
/* g where x is positive, else 0. */
static inline v${n} pass${n}(v${n} x, v${n} g)
{
    ${scalar and "return x > 0 ? g : 0" or "return (v" .. n .. ")((m" .. n .. ")(x > 0) & (m" .. n .. ")g)"};
}
% end
% if called("larger") then
/* The larger of a and b; where that is b, k goes into which. */
static inline v${n} larger${n}(v${n} a, v${n} b, int k, m${n} *which)
{
%   if scalar then
    *which = b > a ? k : *which;
    return b > a ? b : a;
%   else
    const m${n} here = (m${n})(b > a);
    *which = (here & k) | (~here & *which);
    return (v${n})((here & (m${n})b) | (~here & (m${n})a));
%   end
}
% end
% if called("mark") then
/* The first lanes of which, at most n, as bytes. */
static inline void mark${n}(unsigned char *y, m${n} which, int n)
{
%   if scalar then
    (void)n;
    *y = (unsigned char)which;
%   else
    if (n >= L${n}) {
        *(b${n} *)(void *)y = __builtin_convertvector(which, b${n});
    } else {
        for (int lane = 0; lane < L${n} && lane < n; lane++) {
            y[lane] = (unsigned char)which[lane];
        }
    }
%   end
}
% end
% if called("sum") then
/* All lanes added up: halves as vectors, then one by one. */
static inline real sum${n}(v${n} a)
{
%   if scalar then
    return a;
%   else
    typedef real half __attribute__((vector_size(sizeof(v${n}) / 2)));
    union {
        v${n} whole;
        half part[2];
    } u = {a};
    const half h = u.part[0] + u.part[1];
    real sum = h[0];
    for (int lane = 1; lane < L${n} / 2; lane++) {
        sum += h[lane];
    }
    return sum;
%   end
}
% end
% if called("set") then
static inline v${n} set${n}(real x)
{
    ${scalar and "return x" or "return (v" .. n .. "){0} + x"};
}
% end
% if called("all") then
static inline m${n} all${n}(void)
{
    ${scalar and "return 1" or "return ~(m" .. n .. "){0}"};
}
% end
% if called("take") then
/* g in the lanes that are left and where x is the maximum; those are then left no more. */
static inline v${n} take${n}(v${n} x, v${n} maximum, v${n} g, m${n} *left)
{
%   if scalar then
    const int here = *left && x >= maximum;
    *left = *left && !here;
    return here ? g : 0;
%   else
    const m${n} here = (m${n})(x >= maximum) & *left;
    *left &= ~here;
    return (v${n})(here & (m${n})g);
%   end
}
% end
