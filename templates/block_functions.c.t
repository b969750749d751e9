% -- What tiles of plain C are made of: one loop over a block of n channels each. Only what this network calls.
% local function called(name, n) return M.body:find("%f[%w]" .. name .. n .. "%(") ~= nil end
% if next(blocks_used) then
/* Operations on blocks of channels: loops that compilers turn into vectors, with a word of help. gcc -O3 takes
 * a loop of up to 16 rounds apart before it looks for vectors, and then finds none: it is asked to wait.${not M.reproducible and " clang" or " */"}
% if not M.reproducible then
 * keeps a second copy of all sums, unless it may fuse any multiplication with any addition. */
#if defined(__clang__) && __clang_major__ >= 5
#define VECTOR_LOOP _Pragma("clang fp contract(fast)")
#elif defined(__GNUC__) && __GNUC__ >= 8
% else
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 8
% end
#define VECTOR_LOOP _Pragma("GCC unroll 1")
#else
#define VECTOR_LOOP
#endif

% for _, n in ipairs {4, 8, 16} do
% if called("madd", n) then
/* a += k * x */
static inline void madd${n}(real *restrict a, const real *restrict k, real x)
{
    VECTOR_LOOP for (int o = 0; o < ${n}; o++) {
        a[o] += k[o] * x;
    }
}

% end
% if called("madd_each", n) then
/* a += k * x, value by value */
static inline void madd_each${n}(real *restrict a, const real *restrict k, const real *restrict x)
{
    VECTOR_LOOP for (int o = 0; o < ${n}; o++) {
        a[o] += k[o] * x[o];
    }
}

% end
% if called("affine", n) then
static inline void affine${n}(real *restrict a, const real *restrict scale, const real *restrict shift)
{
    VECTOR_LOOP for (int o = 0; o < ${n}; o++) {
        a[o] = a[o] * scale[o] + shift[o];
    }
}

% end
% if called("copy", n) then
/* y = a. Without the addition gcc makes this a memcpy, for which it keeps sums in memory. */
static inline void copy${n}(real *restrict y, const real *restrict a)
{
    VECTOR_LOOP for (int o = 0; o < ${n}; o++) {
        y[o] = a[o] + 0;
    }
}

% end
% if called("add", n) then
static inline void add${n}(real *restrict y, const real *restrict a)
{
    VECTOR_LOOP for (int o = 0; o < ${n}; o++) {
        y[o] += a[o];
    }
}

% end
% if called("relu", n) then
static inline void relu${n}(real *y, const real *a)
{
    VECTOR_LOOP for (int o = 0; o < ${n}; o++) {
        y[o] = a[o] < 0 ? 0 : a[o];
    }
}

% end
% if called("max", n) then
/* b where it is larger, else a: a NaN in b never wins. */
static inline void max${n}(real *restrict a, const real *restrict b)
{
    VECTOR_LOOP for (int o = 0; o < ${n}; o++) {
        a[o] = b[o] > a[o] ? b[o] : a[o];
    }
}

% end
% if called("scale", n) then
static inline void scale${n}(real *restrict y, const real *restrict a, real factor)
{
    VECTOR_LOOP for (int o = 0; o < ${n}; o++) {
        y[o] = a[o] * factor;
    }
}

% end
% if called("add_rest", n) then
/* y += a, but for the first channels, which the block before has done. */
static inline void add_rest${n}(real *restrict y, const real *restrict a, int done)
{
    VECTOR_LOOP for (int o = 0; o < ${n}; o++) {
        y[o] += o < done ? 0 : a[o];
    }
}

% end
% end
% end
