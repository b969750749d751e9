-- mutations.lua - do the tests notice when a line of the compiler, a template or the runtime is wrong?
--
-- Each mutation is one wrong line and the parts of the test suite that should fail because of it. The tree is copied, the line
-- changed, cnngen built, and the parts run until one fails. Parts that compare texts letter by letter (golden, generated) are
-- not used (but for the limits of specs, where the message is what is tested): they notice any change, right or wrong.
-- usage: lua5.4 tests/mutations.lua BUILD_DIR [part of a file's name, or numbers A-B]
local tap = dofile("tests/tap.lua")
local read, write = tap.read, tap.write
local build, filter = arg[1], arg[2]

-- file, right line, wrong line, tests: "numeric FILTER" (the build in double, beside the reference), "every FILTER" (all builds) or the name of a part
local mutations = {
    {"compiler/memory.c", "return a->first <= b->last && b->first <= a->last;", "return a->first < b->last && b->first < a->last;", "unit", "numeric conv2d/padding 1 stride 2"},
    {"compiler/memory.c", "return (count + align - 1) / align * align;", "return count / align * align;", "unit", "numeric conv2d/5 filters"},
    {"compiler/gradient.c", "step->backward = step->trainable || step->wants_dx || step->wants_dz;", "step->backward = step->trainable || step->wants_dx;", "numeric graph/"},
    {"compiler/gradient.c", "return step->recipe->keeps_output || (!is_linear(step) && !step->activation->from_input);", "return step->recipe->keeps_output;", "unit", "numeric activation/tanh"},
    {"compiler/gradient.c", "return !view.cropped && in->count == out->count && view.origin == step->yv.origin &&", "return in != out && view.origin == step->yv.origin &&", "unit", "numeric graph/"},
    {"compiler/schedule.c", "x->last == s && y->first == s &&", "y->first == s &&", "unit", "numeric graph/"},
    {"compiler/schedule.c", "*last = 2 * n - a;", "*last = 2 * n - b;", "unit", "numeric dense/image behind dense", "numeric dense/large kernel above"},
    {"compiler/lower.c", "(is_linear(step->activation) || relu || (maximum && step->activation->monotone)) &&", "(is_linear(step->activation) || relu || maximum) &&", "numeric pool/maxpool2d behind"},
    {"compiler/check.c", "*axis->before = total / 2;", "*axis->before = total - total / 2;", "unit", "numeric conv2d/padding 'same'"},
    {"compiler/options.c", "out->same = value->string[0] == 's';", "out->same = value->string[0] == 'v';", "unit", "published"},
    {"compiler/notation.re", "up && f.over % f.under != 0", "up && f.over % f.under > 0 && f.under > 2", "unit", "shape_cases"},
    {"compiler/layers/conv.c", "if (in % groups == 0 && out % groups == 0)", "if (in % groups == 0 || out % groups == 0)", "unit", "cli", "shape_cases"},
    {"compiler/layers/conv.c", '{"out.h*out.w*kernel.h*kernel.w*in.c*filters",', '{"in.h*in.w*kernel.h*kernel.w*in.c*filters",', "unit", "published", "examples"},
    {"compiler/tile.c", "if ((channels + wide - 1) / wide % v != 0)", "if ((channels + wide - 1) / wide % v > 1)", "numeric conv2d/17 filters", "numeric conv2d/33 filters"},
    {"compiler/phase.c", "phase.taps = (axis->kernel - 1 - lowest) / phase_tap_step(axis) + 1;", "phase.taps = (axis->kernel - 1 - lowest) / axis->stride + 1;", "numeric resize/transposed"},
    {"compiler/naming.c", "row = row % flat.c * (flat.h * flat.w) + row / flat.c;", "row = row / flat.c * (flat.h * flat.w) + row % flat.c;", "weight_formats", "export"},
    {"compiler/safetensors.c", "if (end > block->size)", "if (end > block->size + 1)", "weight_formats"},
    {"compiler/safetensors.c", "if (fits && need == entry->size)", "if (fits && need <= entry->size)", "weight_formats"},
    {"templates/drivers.c.t", "const real scale = norm > ${number(o.clip_norm)} ?", "const real scale = norm > 0 ?", "numeric training/sgd"},
    {"compiler/npy.c", "need != left", "need > left", "unit", "cli", "weight_formats"},
    {"compiler/dataset_idx.c", "if (labels->values[n] >= classes)", "if (labels->values[n] > classes)", "unit", "cli"},
    {"compiler/dataset_idx.c", "if (images.dims[0] != labels.dims[0])", "if (images.dims[0] > labels.dims[0])", "unit", "cli"},
    {"compiler/sandbox.c", "if (new_size > old_size && new_size - old_size > limits->most - limits->used)", "if (new_size > limits->most)", "unit", "cli", "golden"},
    {"compiler/sandbox.c", "const bool many = limits->instructions >= SPEC_INSTRUCTIONS;", "const bool many = false;", "unit", "golden"},
    {"compiler/host.c", "if (ok && rename(temporary, path) != 0) {", "if (rename(temporary, path) != 0) {", "unit", "cli", "golden"},
    {"compiler/measure.c", "if (values[i] > values[at])", "if (values[i] >= values[at])", "unit", "cli"},
    {"compiler/train.c", "trainer->train_count = count - trainer->validation_count;", "trainer->train_count = count;", "cli"},
    {"compiler/fit.c", "if (limit > 0 && plan->scratch_bytes > limit)", "if (limit > 0 && plan->scratch_bytes < limit)", "unit", "cli"},
    {"templates/maxpool.bwd.c.t", "                left = 0;", "                left = 1;", "examples"},
    {"templates/window_scale.c.t", "if L.count_padding then", "if not L.count_padding then", "numeric pool/avgpool2d 3, padding", "shape_cases"},
    {"templates/batch_norm.bwd.c.t", "const ${vec} shift = sum * share, slope = product * share * inverse;", "const ${vec} shift = sum * share, slope = product * share;", "numeric norm/behind a convolution of 5"},
    {"templates/norm.c.t", [[- " .. mean or "-" .. mean}) * prepared]], [[+ " .. mean or "-" .. mean}) * prepared]], "numeric norm/behind a convolution of"},
    {"templates/tile.c.t", "a${r % N}_0 += x[${T.done + r}]", "a${r % N}_0 += x[${T.done}]", "numeric dense/"},
    {"templates/drivers.c.t", "const real scale = 1 / (real)count;", "const real scale = 1 / (real)(count + 1);", "numeric training/mse"},
    {"templates/conv_sparse.bwd.c.t", "dw[k * ${L.filters} + o] += sums[o * ${filter} + k];", "dw[k * ${L.filters} + o] += sums[k * ${L.filters} + o];", "numeric pool/pooled convolution of 16"},
    {"runtime/cnn_activation.c", "y[i] = cnn_exp(y[i] - most);", "y[i] = cnn_exp(y[i]);", "unit"},
    {"runtime/cnn_activation.c", "dy[i] = y[i] * (dy[i] - sum);", "dy[i] = y[i] * dy[i] - sum;", "unit", "numeric activation/softmax"},
    {"runtime/cnn_loss.c", "sum += d <= delta ? d * d / 2 : delta * (d - delta / 2);", "sum += d <= delta ? d * d / 2 : delta * (d - delta);", "unit", "numeric training/huber"},
    {"runtime/cnn_optimizer.c", "*w -= lr * (g + momentum * *m);", "*w -= lr * (g + *m);", "unit", "numeric training/nesterov"},
    {"runtime/cnn_optimizer.c", "const cnn_real rate = lr / cnn_rest(beta1, step), wider = 1 / cnn_rest(beta2, step);\n    CNN_EACH(i, n,\n             w[i] -= cnn_adam_one", "const cnn_real rate = lr / cnn_rest(beta1, step), wider = 1 / cnn_rest(beta1, step);\n    CNN_EACH(i, n,\n             w[i] -= cnn_adam_one", "unit", "numeric training/adam"},
    {"runtime/cnn_random.c", "dy[i] = cnn_kept(seed, i, rate) ? dy[i] * scale : 0;", "dy[i] = cnn_kept(seed, i, rate) ? dy[i] : 0;", "unit", "numeric other/dropout"},
    {"runtime/cnn_math.c", "const int e = (int)(bits >> 23) - 127 - (tiny ? 72 : 0);", "const int e = (int)(bits >> 23) - 127 - (tiny ? 71 : 0);", "unit"},
}

local function shell(command, ...)
    return os.execute(command:format(...))
end

-- The text with its one occurrence of `from` replaced.
local function replaced(text, from, to)
    local first, last = text:find(from, 1, true)
    if first and not text:find(from, last + 1, true) then
        return text:sub(1, first - 1) .. to .. text:sub(last + 1)
    end
end

local function fails(tree, log, test)
    local what, argument = test:match("^(%S+) ?(.*)$")
    local numeric = what == "numeric" or what == "every"
    local command = numeric and ("lua5.4 tests/numeric.lua build/numeric build/cnngen %q%s"):format(argument, what == "every" and "" or " double") or "tests/run " .. what
    local passed = shell("cd %s && BUILD=build timeout 600 %s >>%s 2>&1", tree, command, log)
    if numeric and passed and not read(log):find("gradient cases") then
        error(test .. " has no cases")
    end
    return not passed
end

local tree = build .. "/tree"
local here = io.popen("pwd"):read("l")
local caught, missed, data = 0, 0, os.getenv("CNNGEN_DATA") or "../shared/data"
assert(shell("mkdir -p %s && rm -rf %s && mkdir %s", build, tree, tree))
for _, name in ipairs {"Makefile", "README.md", "compiler", "runtime", "templates", "specs", "tests", "generated", "bench", ".ci", "examples"} do
    shell("test ! -e %s || cp -r %s %s/", name, name, tree)
end
shell("mkdir -p %s/build && cp -r build/compiler build/unit build/libcnngen.a build/*.o build/embedded.* build/runtime %s/build/ 2>/dev/null", tree, tree)
if not data:match("^/") then
    data = here .. "/" .. data
end
assert(shell("cd %s && make -s -j2 >/dev/null", tree), "the tree does not build")
local first, last = (filter or ""):match("^(%d+)%-(%d+)$")
for number, mutation in ipairs(mutations) do
    local path, from, to = table.unpack(mutation)
    local chosen = not filter or path:find(filter, 1, true)
    if first then
        chosen = tonumber(first) <= number and number <= tonumber(last)
    end
    if chosen then
        local title = ("%d %s: %s"):format(number, path, (to:gsub("%s+", " ")))
        local text = read(tree .. "/" .. path)
        local wrong = replaced(text, from, to)
        local log = ("%s/%s/%d.log"):format(build:match("^/") and "" or here, build, number)
        write(log, "")
        if not wrong then
            print("not ok - " .. title .. "\n# the line is not there, or twice")
            missed = missed + 1
        else
            write(tree .. "/" .. path, wrong)
            local by
            if not shell("cd %s && make -s -j2 CFLAGS='-O1' >>%s 2>&1", tree, log) then
                by = nil
                print("# it does not compile: see " .. log)
            else
                for k = 4, #mutation do
                    if fails(tree, log, mutation[k]) then
                        by = mutation[k]
                        break
                    end
                end
            end
            print((by and "ok - " or "not ok - ") .. title .. (by and "\n# caught by " .. by or "\n# not caught: " .. table.concat(mutation, ", ", 4)))
            caught, missed = caught + (by and 1 or 0), missed + (by and 0 or 1)
            write(tree .. "/" .. path, text)
        end
        io.stdout:flush()
    end
end
print(("# %d lines broken, %d noticed"):format(caught + missed, caught))
os.exit(missed == 0)
