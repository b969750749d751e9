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
static inline m${n} mask${n}(int n)
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
        _mm256_maskstore_ps(y, (__m256i)mask${n}(n), (__m256)a);
#else
%   elseif M.intrinsics then
#if VECTOR_BYTES >= 32
        _mm${n == 8 and "256" or ""}_maskstore_ps(y, (__m${n == 8 and "256" or "128"}i)mask${n}(n), (__m${n == 8 and "256" or "128"})a);
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
% -- Comparisons of floats: all bits of the lanes where it holds.
% for _, compare in ipairs {{"above", ">", "gt", {"relu", "max", "pass", "larger"}}, {"reaches", ">=", "ge", {"take"}}} do
%   local used = false
%   for _, name in ipairs(compare[4]) do used = used or called(name) end
%   if used and not scalar then
/* All bits of the lanes where a ${compare[2]} b. */
static inline m${n} ${compare[1]}${n}(v${n} a, v${n} b)
{
%       if not M.double then
#if NAME_HELIUM
    const mve_pred16_t lanes = vcmp${compare[3]}q_f32((float32x4_t)a, (float32x4_t)b);
    return (m${n})vpselq_s32(vdupq_n_s32(-1), vdupq_n_s32(0), lanes);
#else
%       end
    return (m${n})(a ${compare[2]} b);
%       if not M.double then
#endif
%       end
}
%   end
% end
% if called("relu") then
static inline v${n} relu${n}(v${n} a)
{
    ${scalar and "return a < 0 ? 0 : a" or "return (v" .. n .. ")(~above" .. n .. "((v" .. n .. "){0}, a) & (m" .. n .. ")a)"};
}
% end
% if called("max") then
/* b where it is larger, else a: a NaN in b never wins. */
static inline v${n} max${n}(v${n} a, v${n} b)
{
%   if scalar then
    return b > a ? b : a;
%   else
    const m${n} larger = above${n}(b, a);
    return (v${n})((larger & (m${n})b) | (~larger & (m${n})a));
%   end
}
% end
% if called("pass") then
/* g where x is positive, else 0. */
static inline v${n} pass${n}(v${n} x, v${n} g)
{
    ${scalar and "return x > 0 ? g : 0" or "return (v" .. n .. ")(above" .. n .. "(x, (v" .. n .. "){0}) & (m" .. n .. ")g)"};
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
    const m${n} here = above${n}(b, a);
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
/* All lanes added up: pieces of 16 bytes as vectors, then their lanes. */
static inline real sum${n}(v${n} a)
{
%   local lanes = M.double and "h[0] + h[1]" or "(h[0] + h[1]) + (h[2] + h[3])"
%   if scalar then
    return a;
%   elseif n == 4 then
    return ${lanes:gsub("h", "a") .. ""};
%   else
    typedef real piece __attribute__((vector_size(16)));
    const union {
        v${n} whole;
        piece part[V${n}_BYTES / 16];
    } u = {a};
%       if n == 16 then
#if V16_BYTES == 64
    const piece h = (u.part[0] + u.part[1]) + (u.part[2] + u.part[3]);
#elif V16_BYTES == 32
%       else
#if V8_BYTES == 32
%       end
    const piece h = u.part[0] + u.part[1];
#else
    const piece h = u.part[0];
#endif
    return ${lanes};
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
    const m${n} here = reaches${n}(x, maximum) & *left;
    *left &= ~here;
    return (v${n})(here & (m${n})g);
%   end
}
% end
% -- Lanes in another order: indices into the 2n lanes of a and b.
% local halves = {
%   {"even", "The even lanes of a, then of b.", function(k, n) return 2 * k end},
%   {"odd", "The odd lanes of a, then of b.", function(k, n) return 2 * k + 1 end},
%   {"lower", "Lanes of a and b in turn, from their lower halves.", function(k, n) return k // 2 + k % 2 * n end},
%   {"upper", "Lanes of a and b in turn, from their upper halves.", function(k, n) return (n + k) // 2 + k % 2 * n end},
% }
% for number, half in ipairs(halves) do if called(half[1]) then
/* ${half[2]} */
static inline v${n} ${half[1]}${n}(v${n} a, v${n} b)
{
%   if scalar then
    (void)${number % 2 == 1 and "b" or "a"};
    return ${number % 2 == 1 and "a" or "b"};
%   else
%       local bytes, first = n * 4, true
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 12
    v${n} c = {0};
    for (int k = 0; k < L${n}; k++) {
        const int from = ${number == 1 and "2 * k" or number == 2 and "2 * k + 1" or (number == 3 and "k / 2" or "(k + L" .. n .. ") / 2") .. " + k % 2 * L" .. n};
        c[k] = from < L${n} ? a[from] : b[from - L${n}];
    }
    return c;
%       while bytes >= 16 do
%           local lanes, order = bytes // (M.double and 8 or 4), {}
%           for k in range(lanes) do order[#order + 1] = half[3](k, lanes) end
${bytes == 16 and "#else" or "#elif V" .. n .. "_BYTES == " .. bytes}
    return __builtin_shufflevector(a, b, ${table.concat(order, ", ")});
%           bytes = bytes // 2
%       end
#endif
%   end
}
% end end
% if called("first") then
/* The first n lanes of a, zeros in the others. */
static inline v${n} first${n}(v${n} a, int n)
{
%   if scalar then
    return n > 0 ? a : 0;
%   else
%       local order = {}
%       for k in range(n // (M.double and 2 or 1)) do order[#order + 1] = k end
%       if not M.double then
#if NAME_HELIUM
    return (v${n})vpselq_f32((float32x4_t)a, vdupq_n_f32(0), vctp32q(n > 0 ? (uint32_t)n : 0));
#else
%       end
    static const ${M.double and "int64_t" or "int32_t"} lanes[] = {${table.concat(order, ", ")}};
    return (v${n})((*(const m${n} *)(const void *)lanes < n) & (m${n})a);
%       if not M.double then
#endif
%       end
%   end
}
% end
% if called("within") then
/* The lanes of a that still lie in y, which ends n floats from here or before. */
static inline void within${n}(real *y, v${n} a, int n)
{
%   if scalar then
    if (n > 0) {
        *y = a;
    }
%   else
    if (n >= L${n}) {
        *(v${n} *)(void *)y = a;
    } else {
        for (int lane = 0; lane < L${n}; lane++) {
            if (lane < n) {
                y[lane] = a[lane];
            }
        }
    }
%   end
}
% end
% if called("spread") then
/* The first lanes of a, at most n, each `step` behind the one before. */
static inline void spread${n}(real *y, v${n} a, int step, int n)
{
%   if scalar then
    (void)step;
    if (n > 0) {
        *y = a;
    }
%   else
    for (int lane = 0; lane < L${n} && lane < n; lane++) {
        y[lane * step] = a[lane];
    }
%   end
}
% end
% if called("sow") then
/* The first lanes of which, at most n, as bytes, each `step` behind the one before. */
static inline void sow${n}(unsigned char *y, m${n} which, int step, int n)
{
%   if scalar then
    (void)step;
    (void)n;
    *y = (unsigned char)which;
%   else
    for (int lane = 0; lane < L${n} && lane < n; lane++) {
        y[lane * step] = (unsigned char)which[lane];
    }
%   end
}
% end
% if called("marked") then
/* Bytes that mark${n} wrote. */
static inline m${n} marked${n}(const unsigned char *y)
{
    ${scalar and "return *y" or "return __builtin_convertvector(*(const b" .. n .. " *)(const void *)y, m" .. n .. ")"};
}
% end
% if called("where") then
/* a where which is k, else 0. */
static inline v${n} where${n}(m${n} which, int k, v${n} a)
{
    ${scalar and "return which == k ? a : 0" or "return (v" .. n .. ")((which == k) & (m" .. n .. ")a)"};
}
% end
