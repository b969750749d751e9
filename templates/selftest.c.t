% -- The program of --selftest. It is written twice: S.reference prints what the double build with plain loops computes, and
% -- otherwise S.golden, these numbers in the same order, stand in it as constants.
% local NAME, S = M.name:upper(), M.selftest
% local training = M.train ~= nil
% local reference = S.reference
% local own = not M.weights or training -- parameters in memory of our own
% local at = 0
% local function next_golden()
%   at = at + 1
%   return S.golden[at]
% end
% -- largest, norm, signed sum, norm once more, picked values; a floor under the first two keeps what should be zero from being compared to rounding.
% local function read_vector(n)
%   local v = {}
%   for k = 1, 3 do v[k] = next_golden() end
%   v[4] = v[2]
%   for k = 5, 4 + math.min(n, S.picks) do v[k] = next_golden() end
%   return v
% end
% local function raise(v, n, floor)
%   v[1] = math.max(v[1], floor)
%   v[2] = math.max(v[2], floor * math.sqrt(n))
% end
% local function row(v)
%   local text = ""
%   for k, x in ipairs(v) do text = text .. (k == 1 and "" or k % 8 == 1 and ",\n" or ", ") .. number((M.double or math.abs(x) > 1e-37) and x or 0.0) end
%   return text
% end
% local function list(items, text)
%   local words = {}
%   for k, item in ipairs(items) do words[k] = text(item, k) end
%   return table.concat(words, ", ")
% end
% local function exact(x) return string.format("%.17g", x) end
% local function path(tensor)
%   return tensor.layer .. (tensor.statistic and "_moving" or "") .. "." .. tensor.name
% end
% local function values_of(struct, tensor) return "(real *)(void *)&" .. struct .. "." .. path(tensor) end
% -- Kernels keep the size of what goes through them; few bits make the products exact.
% local function scale(tensor)
%   if tensor.name ~= "kernel" then return tensor.name == "moving_variance" and 0.5 or 0.25 end
%   local limit = math.sqrt(6 / tensor.fan_in)
%   local step = 2.0 ^ (math.floor(math.log(limit, 2)) - 5)
%   return math.floor(limit / step + 0.5) * step
% end
% local function offset(tensor) return (tensor.name == "gamma" or tensor.name == "moving_variance") and 1.0 or 0.0 end
% local trained, groups = {}, 0
% for _, t in ipairs(M.tensors) do if training and t.trainable then trained[#trained + 1] = t end end
% local differed = 0
% for _, t in ipairs(trained) do if not t.statistic then differed = differed + 1 end end
% local seen = 0
% for _, t in ipairs(trained) do if not t.statistic then
%   t.group = seen * math.min(S.groups, differed) // differed
%   groups = t.group + 1
%   seen = seen + 1
% end end
% local golden = {predict = {}, tensors = {}, groups = {}}
% if not reference then
%   golden.seed, golden.doubt = next_golden(), training and next_golden() or 0
%   for k = 1, S.predicted do
%       golden.predict[k] = read_vector(M.output.count)
%       raise(golden.predict[k], M.output.count, 1e-30)
%   end
%   if training then
%       golden.loss = next_golden()
%       local largest = 1e-30
%       for k, t in ipairs(trained) do
%           golden.tensors[k] = read_vector(t.count)
%           if not t.statistic then largest = math.max(largest, golden.tensors[k][1]) end
%       end
%       for k, t in ipairs(trained) do 
%           raise(golden.tensors[k], t.count, largest * (golden.tensors[k][1] < 1e-12 * largest and 0.05 or 1e-3)) -- zero but for rounding?
%       end
%       for k = 1, groups do
%           local h, a, q = next_golden(), next_golden(), next_golden()
%           local noise = S.noise * math.max(1, math.abs(golden.loss))
%           local allowed = a > 0 and 2 * math.abs(q - a) / a + noise / (h * a) + (M.double and 1e-6 or 0.01) or 1
%           golden.groups[k] = {h = h, allowed = allowed < 0.25 and allowed or 0.0}
%       end
%       golden.steps = {next_golden(), next_golden(), next_golden()}
%       golden.calm = math.abs(golden.steps[3]) < 4 * math.max(math.abs(golden.steps[1]), 1e-6) -- false for a NaN
%   end
% end
% local tests = (M.weights and 1 or 0) + S.predicted + (training and 1 + #trained + groups + 2 or 0)
/* Checks the network ${M.name} where it runs: written by cnngen ${M.version} for ${M.header}, to be compiled and linked with it.
 *
 * Prints TAP and returns 0 when all is well. What is expected was computed in double from plain loops, before this file was written.
 * It takes nothing from libc but putchar: -DSELFTEST_PUT=name names another void name(char c), -DSELFTEST_MAIN=name another
 * main. No heap; static memory: ${own and "parameters, " or ""}scratch${training and ", gradients, tape, optimizer" or ""} and inputs. */
#include "${M.header}"

#include <string.h>

% if reference then
#include <stdio.h>
% else
#ifdef SELFTEST_PUT
void SELFTEST_PUT(char c);
#else
#include <stdio.h>
#define SELFTEST_PUT(c) ((void)putchar(c))
#endif
#ifndef SELFTEST_MAIN
#define SELFTEST_MAIN main
#endif
int SELFTEST_MAIN(void);
% end

typedef ${NAME}_REAL real;

enum { SAMPLES = ${S.samples}, ${training and "COMPARED = " .. S.compared .. ", " or ""}PREDICTED = ${S.predicted}, PICKS = ${S.picks}${training and ", DIFFERED = " .. S.differed or ""}, GUARD = 4 };

static real inputs[SAMPLES * ${NAME}_INPUT_SIZE];
static real output[${NAME}_OUTPUT_SIZE + GUARD];
static ${M.name}_scratch scratch;
% if own then
static ${M.name}_params params;
% end
% if training then
static real targets[SAMPLES * ${NAME}_OUTPUT_SIZE];
static ${M.name}_params grads;
static ${M.name}_tape tape;
static ${M.name}_optimizer state;
% end

% if not reference then
/* What is expected: the largest value and the norm, from which tolerances come (so they have a floor), the sum with random signs,
 * the norm, and some of the values. */
%   for k = 1, S.predicted do
static const real expected_output${k - 1}[] = {${row(golden.predict[k])}};
%   end
%   for k, t in ipairs(trained) do
static const real expected_${path(t):gsub("%.", "_")}[] = {${row(golden.tensors[k])}};
%   end
% end
% if own then

typedef struct {
    const char *name;
    real *values;
%   if training then
    const real *grads; /* NULL: not trained */
%   end
    size_t count;
    real scale, offset;
%   if training then
    int group; /* of tensors that are moved together, -1: none */
%     if not reference then
    const real *expected;
%     end
%   end
} tensor;

static const tensor tensors[] = {
%   if #M.tensors == 0 then
    {"", output, ${training and "NULL, " or ""}0, 0, 0${training and ", -1" or ""}${training and not reference and ", NULL" or ""}}
%   end
%   for _, t in ipairs(M.tensors) do
%     local learns = training and t.trainable
    {"${path(t)}", ${values_of("params", t)}, ${not training and "" or learns and values_of("grads", t) .. ", " or "NULL, "}${t.count}, ${number(scale(t))}, ${number(offset(t))}${training and ", " .. (t.group or -1) or ""}${not (training and not reference) and "" or learns and ", expected_" .. path(t):gsub("%.", "_") or ", NULL"}},
%   end
};
enum { TENSORS = sizeof tensors / sizeof *tensors };
% end

/* Scrambled bits; the same on every machine. */
static uint32_t scramble(uint32_t x)
{
    x = (x ^ (x >> 15)) * UINT32_C(0x9e3779b1);
    x = (x ^ (x >> 13)) * UINT32_C(0x85ebca77);
    return x ^ (x >> 16);
}

/* -1 <= x < 1 in steps of 2^-12. */
static real value(uint32_t stream, size_t i)
{
    const uint32_t bits = scramble(scramble(stream) + (uint32_t)i) >> 19;
    return ((real)bits - (real)4096) / (real)4096;
}

static double root(double x)
{
    double r = x > 1 ? x : 1;
    for (int i = 0; i < 200 && x > 0; i++)
        r = (r + x / r) / 2;
    return x > 0 ? r : 0;
}

static size_t picked(size_t i, size_t n)
{
    return n <= PICKS ? i : (size_t)((uint64_t)n * (uint64_t)i / PICKS);
}

% if reference then
static void put(double x)
{
    printf("%.17g\n", x);
}

static void put_vector(const real *v, size_t n)
{
    double largest = 0, squares = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double x = v[i];
        largest = x > largest ? x : -x > largest ? -x : largest;
        squares += x * x;
        sum += value(0, i) < 0 ? -x : x;
    }
    put(largest);
    put(root(squares));
    put(sum);
    for (size_t i = 0; i < n && i < PICKS; i++)
        put(v[picked(i, n)]);
}
% else
% include("selftest_print.c.t")
% end

static void fill(real *v, size_t n, uint32_t stream, real factor, real offset)
{
    for (size_t i = 0; i < n; i++)
        v[i] = value(stream, i) * factor + offset;
}
% if own then

static void reset_params(void)
{
%   if M.weights then
    params = ${M.name}_weights;
%   else
    for (int i = 0; i < TENSORS; i++)
        fill(tensors[i].values, tensors[i].count, (uint32_t)i + 8, tensors[i].scale, tensors[i].offset);
%   end
}
% end
% if M.weights and not reference then

/* The constants are what was in the file of weights: a sum over the bits of every value, in canonical order. */
static void test_weights(void)
{
    static const struct {
        const real *values;
        size_t count;
    } parts[] = {
%   for _, t in ipairs(M.tensors) do
        {(const real *)(const void *)&${M.name}_weights.${path(t)}, ${t.count}},
%   end
    };
    uint32_t hash = UINT32_C(2166136261);
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        for (size_t i = 0; i < parts[k].count; i++) {
            const float x = (float)parts[k].values[i];
            uint32_t bits;
            memcpy(&bits, &x, sizeof bits);
            hash = (hash ^ bits) * UINT32_C(16777619);
        }
    report(hash == UINT32_C(${S.weights_hash}), "the bits of the weights", "", "");
}
% end

% local at_params = own and "&params" or "&" .. M.name .. "_weights"
/* Scratch starts with NaN bytes, and nothing may be written behind the output. */
static int predict(size_t sample)
{
    const real *const after = output + ${NAME}_OUTPUT_SIZE;
    memset(&scratch, 0xff, sizeof scratch);
    for (int i = 0; i < GUARD; i++)
        output[${NAME}_OUTPUT_SIZE + i] = 7;
    ${M.name}_predict(${at_params}, inputs + sample * ${NAME}_INPUT_SIZE, output, &scratch);
    return after[0] == 7 && after[1] == 7 && after[2] == 7 && after[3] == 7;
}
% if training then

% include("selftest_loss.c.t", {NAME = NAME, exact = exact})
% end
% local shared = {NAME = NAME, S = S, training = training, own = own, groups = groups, golden = golden, tests = tests, list = list, exact = exact}
% include(reference and "selftest_reference.c.t" or "selftest_checks.c.t", shared)
