% -- The vector types a network uses, or one lane where the compiler has none.
% if next(lanes_used) then
/* Vectors of floats. vN is the widest the target has of at most N floats (as bytes: ${"4 -> 16, 8 -> 32, 16 -> 64"}), LN how many values it
 * holds; mN is its mask. Any other compiler gets plain C on one value at a time. */
#if !defined(__GNUC__)
#define VECTOR_BYTES 0
#elif defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX__)
#define VECTOR_BYTES 32
% if M.reproducible then
#elif defined(__SSE2__) || (defined(__ARM_NEON) && defined(__aarch64__)) || defined(__VSX__) || defined(__wasm_simd128__)
#define VECTOR_BYTES 16 /* the other vectors of ARM and POWER take very small numbers for zero */
% else
#elif defined(__ARM_NEON) && !defined(__aarch64__) && !defined(__clang__) && !defined(__FAST_MATH__)
#define VECTOR_BYTES 0 /* 32-bit NEON has no denormals, so gcc takes vectors of floats apart again */
#elif defined(__SSE2__) || defined(__ARM_NEON) || defined(__ALTIVEC__) || defined(__wasm_simd128__)
#define VECTOR_BYTES 16
% if not M.double then -- Helium has no doubles
#elif defined(__ARM_FEATURE_MVE) && __ARM_FEATURE_MVE > 1
#define VECTOR_BYTES 16
% end
% end
#else
#define VECTOR_BYTES 0
#endif
% M.intrinsics = not M.double and M.body:find("store%d+%(") ~= nil
% if M.intrinsics then
#if VECTOR_BYTES >= 32
#include <immintrin.h> /* for stores of the first lanes only */
#endif
% end
% M.compares = false
% for _, name in ipairs {"relu", "max", "pass", "larger", "take", "first"} do M.compares = M.compares or M.body:find(name .. "%d+%(") ~= nil end
% if M.compares and not M.double then
#if VECTOR_BYTES == 16 && defined(__ARM_FEATURE_MVE) && !defined(__clang__)
#define NAME_HELIUM 1 /* gcc 12 gets masks of Helium wrong (only the first lane of a > b is compared), unless the instructions are named */
#include <arm_mve.h>
#else
#define NAME_HELIUM 0
#endif
% end
% for _, n in ipairs {4, 8, 16} do if lanes_used[n] then
%   local bytes = n * 4

#if VECTOR_BYTES == 0
typedef real v${n};
typedef int m${n};
enum { L${n} = 1 };
%   include("vector_functions.c.t", {N = n, scalar = true})
#else
%   if bytes == 16 then
typedef real v${n} __attribute__((vector_size(16), aligned(sizeof(real)), may_alias));
enum { L${n} = 16 / (int)sizeof(real) };
%   else
#define V${n}_BYTES (VECTOR_BYTES < ${bytes} ? VECTOR_BYTES : ${bytes})
typedef real v${n} __attribute__((vector_size(V${n}_BYTES), aligned(sizeof(real)), may_alias));
enum { L${n} = V${n}_BYTES / (int)sizeof(real) };
%   end
typedef ${M.double and "int64_t" or "int32_t"} m${n} __attribute__((vector_size(sizeof(v${n})), aligned(sizeof(real)), may_alias));
%   if M.body:find("mark" .. n .. "(", 1, true) or M.body:find("marked" .. n .. "(", 1, true) then
typedef unsigned char b${n} __attribute__((vector_size(sizeof(v${n}) / sizeof(real)), aligned(1), may_alias));
%   end
%   include("vector_functions.c.t", {N = n, scalar = false})
#endif
% end end
% end
