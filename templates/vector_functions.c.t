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
        for (int lane = 0; lane < L${n} && lane < n; lane++) {
            y[lane] = a[lane];
        }
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
