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
%   for k, x in ipairs(v) do text = text .. (k == 1 and "" or k % 8 == 1 and ",\n" or ", ") .. number(x) end
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
% local step_size = not reference and training and exact(math.abs(golden.steps[1]) + 1e-6)
% local size = not reference and training and exact(math.abs(golden.loss) + 1e-6)
% local steps = not reference and training and list(golden.calm and golden.steps or {golden.steps[1], 0, 0}, exact)
% local later = golden.calm and "" or " # SKIP this learning rate is too large for random data"
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
static int tests, failures;

static void put_text(const char *text)
{
    while (*text)
        SELFTEST_PUT(*text++);
}

static void put_whole(uint32_t n)
{
    char digits[11];
    int i = 10;
    digits[10] = 0;
    do
        digits[--i] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    put_text(digits + i);
}

/* 6 digits and an exponent. */
static void put_real(double x)
{
    int exponent = 0;
    if (x != x || x - x != 0) {
        put_text(x != x ? "nan" : "inf");
        return;
    }
    put_text(x < 0 ? "-" : "");
    x = x < 0 ? -x : x;
    for (; x >= 10; exponent++)
        x /= 10;
    for (; x > 0 && x < 1; exponent--)
        x *= 10;
    const uint32_t digits = (uint32_t)(x * 100000 + 0.5);
    put_whole(digits / 100000);
    put_text(".");
    for (uint32_t unit = 10000; unit > 0; unit /= 10)
        put_whole(digits / unit % 10);
    put_text(exponent < 0 ? "e-" : "e");
    put_whole((uint32_t)(exponent < 0 ? -exponent : exponent));
}

static int near(const char *what, double got, double expected, double allowed)
{
    const double far = got > expected ? got - expected : expected - got;
    if (far <= allowed)
        return 1;
    put_text("# ");
    put_text(what);
    put_text(" is ");
    put_real(got);
    put_text(", not ");
    put_real(expected);
    put_text("\n");
    return 0;
}

static void report(int ok, const char *what, const char *name, const char *note)
{
    failures += !ok;
    put_text(ok ? "ok " : "not ok ");
    put_whole((uint32_t)++tests);
    put_text(" - ");
    put_text(what);
    put_text(name);
    put_text(note);
    put_text("\n");
}

static int same_vector(const real *v, size_t n, const real *expected, double tolerance)
{
    const double largest = tolerance * expected[0], norm = tolerance * expected[1];
    double squares = 0, sum = 0;
    int ok = 1;
    for (size_t i = 0; i < n; i++) {
        squares += (double)v[i] * v[i];
        sum += value(0, i) < 0 ? -(double)v[i] : (double)v[i];
    }
    for (size_t i = 0; ok && i < n && i < PICKS; i++)
        ok = near("a value", v[picked(i, n)], expected[4 + i], largest);
    return ok && near("the signed sum", sum, expected[2], 4 * norm + 1e-30) &&
           near("the norm", root(squares), expected[3], 2 * norm);
}
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

% local loss = M.loss
% if loss:find("cross_entropy") then
static double logarithm(double x)
{
    double sum = 0;
    int twos = 0;
    for (; x > 1.5; twos++)
        x /= 2;
    for (; x < 0.75; twos--)
        x *= 2;
    const double z = (x - 1) / (x + 1);
    double power = z;
    for (int i = 1; i < 40; i += 2, power *= z * z)
        sum += power / i;
    return 2 * sum + twos * 0.69314718055994531;
}

static double probability(double y)
{
    return y < 1e-7 ? 1e-7 : y > 1 - 1e-7 ? 1 - 1e-7 : y;
}

% end
/* The loss (${loss}) of one value; written apart from the one under test. */
static double loss_of(double y, double t)
{
% if loss == "cross_entropy" then
    return t > 0 ? -t * logarithm(probability(y)) : 0;
% elseif loss == "binary_cross_entropy" then
    const double p = probability(y);
    return -(t * logarithm(p) + (1 - t) * logarithm(1 - p)) / ${NAME}_OUTPUT_SIZE;
% elseif loss == "mse" then
    return (y - t) * (y - t) / ${NAME}_OUTPUT_SIZE;
% else
    const double d = y > t ? y - t : t - y;
%   if loss == "mae" then
    return d / ${NAME}_OUTPUT_SIZE;
%   else
    const double delta = ${exact(M.huber_delta)};
    return (d <= delta ? d * d / 2 : delta * (d - delta / 2)) / ${NAME}_OUTPUT_SIZE;
%   end
% end
}

static double forward(int count)
{
    double loss = 0;
    memset(&tape, 0xff, sizeof tape);
    tape.seed = 5;
    const real *const y = ${M.name}_forward(&params, inputs, count, &tape);
    for (size_t i = 0; i < (size_t)count * ${NAME}_OUTPUT_SIZE; i++)
        loss += loss_of(y[i], targets[i]);
    return loss / count;
}

static real backward(int count)
{
    memset(&grads, 0xff, sizeof grads);
    return ${M.name}_backward(&params, inputs, targets, count, &tape, &grads);
}

/* The parameters of a group go `distance` along their gradient; the loss there. */
static double loss_along(int group, double distance)
{
    reset_params();
    for (int k = 0; k < TENSORS; k++) {
        const tensor *const t = &tensors[k];
        double squares = 0;
        if (t->group != group)
            continue;
        for (size_t i = 0; i < t->count; i++)
            squares += (double)t->grads[i] * t->grads[i];
        const double factor = squares > 0 ? distance / root(squares) : 0;
        for (size_t i = 0; i < t->count; i++)
            t->values[i] = (real)(t->values[i] + factor * t->grads[i]);
    }
    return forward(DIFFERED);
}

/* How fast the loss grows along it by the gradient. */
static double slope(int group)
{
    double sum = 0;
    for (int k = 0; k < TENSORS; k++) {
        double squares = 0;
        for (size_t i = 0; tensors[k].group == group && i < tensors[k].count; i++)
            squares += (double)tensors[k].grads[i] * tensors[k].grads[i];
        sum += root(squares);
    }
    return sum;
}

static void make_targets(void)
{
% if loss == "cross_entropy" then
    for (size_t p = 0; p < (size_t)SAMPLES * (${NAME}_OUTPUT_SIZE / ${NAME}_OUTPUT_CHANNELS); p++)
        targets[p * ${NAME}_OUTPUT_CHANNELS + scramble((uint32_t)p) % ${NAME}_OUTPUT_CHANNELS] = 1;
% else
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        targets[i] = ${loss == "binary_cross_entropy" and "value(2, i) < 0" or "value(2, i)"};
% end
}
% end
% if reference then

% if training then
static void put_difference(int group)
{
    const double a = slope(group);
    double best = -1, step = 0, quotient = 0;
    for (double h = 0.5; h >= ${exact(S.least)}; h /= 4) {
        const double q = (loss_along(group, h) - loss_along(group, -h)) / (2 * h);
        const double error = (q > a ? q - a : a - q) + ${exact(S.noise)} / h;
        if (best < 0 || error < best) {
            best = error;
            step = h;
            quotient = q;
        }
    }
    put(step);
    put(a);
    put(quotient);
}

% end
% if training then
static ${M.name}_params kept;

/* How far gradients go when the parameters differ by rounding: much, where that decides which side of a kink (relu, a maximum)
 * an activation is on. Relative to the largest of each tensor. */
static double doubt(void)
{
    double worst = 0, most = 0;
    reset_params();
    forward(COMPARED);
    backward(COMPARED);
    kept = grads;
    for (int k = 0; k < TENSORS; k++)
        for (size_t i = 0; i < tensors[k].count; i++)
            tensors[k].values[i] *= 1 + ${exact(S.rounding)} * value(3, i);
    forward(COMPARED);
    backward(COMPARED);
    for (int round = 0; round < 2; round++)
        for (int k = 0; k < TENSORS; k++) {
            double largest = 1e-3 * most, far = 0;
            if (!tensors[k].grads)
                continue;
            const real *const before = (const real *)(const void *)((const char *)&kept + ((const char *)tensors[k].grads - (const char *)&grads));
            for (size_t i = 0; i < tensors[k].count; i++) {
                const double g = before[i], d = tensors[k].grads[i] - g;
                largest = g > largest ? g : -g > largest ? -g : largest;
                far = d > far ? d : -d > far ? -d : far;
            }
            if (round == 0)
                most = largest > most ? largest : most;
            else if (largest > 0 && far / largest > worst)
                worst = far / largest;
        }
    reset_params();
    return worst;
}

/* The first of some inputs that are far from kinks, or the best of them. */
static double choose_inputs(void)
{
    double best = -1;
    int seed = 0;
    for (int i = 0; i <= 6 && (best < 0 || best > 1e-4); i++) {
        fill(inputs, sizeof inputs / sizeof *inputs, 100 + (uint32_t)i, 1, 0);
        const double d = doubt();
        if (best < 0 || d < best) {
            best = d;
            seed = i;
        }
    }
    fill(inputs, sizeof inputs / sizeof *inputs, 100 + (uint32_t)seed, 1, 0);
    put(100 + seed);
    return best;
}

% end
int main(void)
{
% if training then
    make_targets();
    put(choose_inputs());
% else
    fill(inputs, sizeof inputs / sizeof *inputs, 100, 1, 0);
    put(100);
% end
% if own then
    reset_params();
% end
    for (size_t i = 0; i < PREDICTED; i++) {
        predict(i);
        put_vector(output, ${NAME}_OUTPUT_SIZE);
    }
% if training then
    forward(COMPARED);
    put(backward(COMPARED));
    for (int i = 0; i < TENSORS; i++)
        if (tensors[i].grads)
            put_vector(tensors[i].grads, tensors[i].count);
    forward(DIFFERED);
    backward(DIFFERED);
    for (int i = 0; i < ${groups}; i++)
        put_difference(i);
    reset_params();
    tape.seed = 5;
    for (int i = 0; i < 3; i++)
        put(${M.name}_train_step(&params, inputs, targets, SAMPLES, &tape, &state, ${NAME}_LEARNING_RATE));
% end
    return 0;
}
% else

static void test_predict(void)
{
    static const real *const expected[] = {${list(golden.predict, function(_, k) return "expected_output" .. k - 1 end)}};
    static const char *const names[] = {"sample 0", "sample 1"};
    for (size_t i = 0; i < PREDICTED; i++) {
        const int kept = predict(i);
        report(same_vector(output, ${NAME}_OUTPUT_SIZE, expected[i], ${S.tolerance_output}) && kept, "predict: ", names[i],
               kept ? "" : ", writes behind the output");
    }
}
%   if training then

static void test_gradients(void)
{
    const double loss = forward(COMPARED), told = backward(COMPARED);
    const double allowed = ${S.tolerance_loss} * ${size};
    report(near("the loss", told, ${exact(golden.loss)}, allowed) &&
               near("the loss of backward", told, loss, allowed), "forward and backward: loss of ${S.compared} sample${S.compared > 1 and "s" or ""}", "", "");
    for (int i = 0; i < TENSORS; i++)
        if (tensors[i].grads)
            report(same_vector(tensors[i].grads, tensors[i].count, tensors[i].expected, ${string.format("%.3g", math.max(S.tolerance_gradient, 4 * golden.doubt))}), "gradient of ", tensors[i].name, "");
}

/* The loss itself, a step ahead and a step back, tells how fast it grows; the steps are those where the reference agrees best. */
static void test_differences(void)
{
%     if groups > 0 then
    static const double steps[] = {${list(golden.groups, function(g) return exact(g.h) end)}};
    static const double tolerance[] = {${list(golden.groups, function(g) return string.format("%.3g", g.allowed) end)}}; /* 0: too flat */
    for (int group = 0; group < ${groups}; group++) {
        const char *name = "";
        for (int i = TENSORS - 1; i >= 0; i--)
            name = tensors[i].group == group ? tensors[i].name : name;
        reset_params();
        forward(DIFFERED);
        backward(DIFFERED);
        const double expected = slope(group), h = steps[group];
        if (tolerance[group] <= 0) {
            report(1, "difference along the gradient from ", name, " # SKIP the loss is too flat there");
            continue;
        }
        const double up = loss_along(group, h), down = loss_along(group, -h);
        report(near("the difference", (up - down) / (2 * h), expected, tolerance[group] * expected),
               "difference along the gradient from ", name, "");
    }
%     end
}

static void test_steps(void)
{
    static const double expected[] = {${steps}};
    const double allowed = ${S.tolerance_loss} * ${step_size};
    int first = 1, later = 1;
    reset_params();
    memset(&state, 0, sizeof state);
    memset(&tape, 0xff, sizeof tape);
    tape.seed = 5;
    for (int i = 0; i < 3; i++) {
        const double loss = ${M.name}_train_step(&params, inputs, targets, SAMPLES, &tape, &state, ${NAME}_LEARNING_RATE);
        if (i == 0)
            first = near("the loss", loss, expected[i], allowed);
        else${golden.calm and "" or " if (expected[i] > 0)"}
            later &= near("the loss", loss, expected[i], ${S.tolerance_step} * ${step_size});
    }
    report(first, "train_step: loss of ${S.samples} sample${S.samples > 1 and "s" or ""}", "", "");
    report(later, "train_step: two more steps of ${M.optimizer.name}", "", "${later}");
}
%   end

int SELFTEST_MAIN(void)
{
    tests = failures = 0;
    put_text("1..${tests}\n");
    fill(inputs, sizeof inputs / sizeof *inputs, ${math.tointeger(golden.seed)}, 1, 0);
%   if own then
    reset_params();
%   end
%   if M.weights then
    test_weights();
%   end
    test_predict();
%   if training then
    make_targets();
    test_gradients();
    test_differences();
    test_steps();
%   end
    return failures > 0;
}
% end
