-- numeric.lua - every layer kind and option against the reference and against itself.
--
-- Each case of tests/layers/ becomes a network, generated in several variants; many are compiled into one program (numeric.c), which
-- writes down what it computes. The double build is compared with reference.lua and has its gradients checked by differences; every
-- float variant (vectors, SSE, portable C, loops, no loops, sanitizers) is compared with the double build.
-- usage: lua5.4 tests/numeric.lua BUILD_DIR CNNGEN [filter | all [part of the names of variants]]
local reference = dofile("tests/reference.lua")
local build, cnngen, filter, only = arg[1], arg[2], arg[3], arg[4]

local kinds = {"conv2d", "conv1d", "depthwise", "grouped", "pool", "dense", "activation", "other", "resize", "norm", "layer_norm", "prelu", "graph", "memory", "training", "network"}
-- `share = n` takes every n-th case, to keep a test of everything within minutes; with a filter or the filter "all" it takes every one.
-- Cases of memory.lua are for variants that save memory; some of these take no others.
local sanitizers = " -fsanitize=address,undefined -fno-sanitize-recover=all"
local variants = {
    {name = "double", options = "--real double", cc = "gcc -O1 -march=native", memory = "too"},
    {name = "vectors", options = "", cc = "gcc -O2 -march=native"},
    {name = "sse", options = "", cc = "gcc -O0", share = 2},
    {name = "least memory", options = "--ram least", cc = "clang -O0 -march=native", share = 2, memory = "too"},
    {name = "portable", options = "--target portable", cc = "gcc -O2 -ftree-vectorize -march=native", share = 3},
    {name = "loops", options = "--unroll none", cc = "gcc -O0"},
    {name = "no loops", options = "--unroll full", cc = "clang -O0", share = 8, small = true},
    {name = "sanitized", options = "", cc = "clang -O0 -march=native" .. sanitizers, share = 2},
    {name = "portable sanitized", options = "--target portable", cc = "gcc -O0" .. sanitizers, share = 2},
    {name = "least memory, fast", options = "--ram least", cc = "gcc -O2 -march=native", memory = "only"},
    {name = "least memory, portable", options = "--ram least --target portable", cc = "gcc -O3", memory = "only"},
    {name = "least memory, loops", options = "--ram least --unroll none", cc = "gcc -O1", memory = "only"},
    {name = "least memory, no loops", options = "--ram least --unroll full", cc = "clang -O0", share = 10, small = true, memory = "only"},
    {name = "least memory, sanitized", options = "--ram least", cc = "clang -O0 -march=native" .. sanitizers, share = 2, memory = "only"},
}
for v = #variants, 2, -1 do
    if only and not variants[v].name:find(only, 1, true) then
        table.remove(variants, v)
    end
end
local GROUP = 20 -- networks in one program
local failures, gradient_cases, gradient_worst, gradient_checked = 0, 0, 0, 0

local function run(command)
    local ok, _, status = os.execute(command)
    return ok and status == 0
end

local function write(path, text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
end

local function read(path)
    local file = io.open(path, "rb")
    local text = file and file:read("a")
    if file then
        file:close()
    end
    return text
end

local function report(ok, name, reason)
    print((ok and "ok - " or "not ok - ") .. name)
    if not ok then
        failures = failures + 1
        print("# " .. reason)
    end
end

-- All cases, each with the name of its network.
local cases = {}
for _, kind in ipairs(kinds) do
    for _, case in ipairs(dofile("tests/layers/" .. kind .. ".lua")) do
        if not filter or filter == "all" or (kind .. "/" .. case.name):find(filter, 1, true) then
            case.kind, case.title = kind, kind .. "/" .. case.name
            case.id = ("c%03d"):format(#cases + 1)
            case.network = reference.load(case.text, case.before)
            cases[#cases + 1] = case
        end
    end
end

-- The C that ties networks of one program to numeric.c.
local function models_h(group, real)
    local text = {"#define REAL " .. real .. "\n"}
    local function add(format, ...)
        text[#text + 1] = format:format(...)
    end
    for _, case in ipairs(group) do
        local id, up = case.id, case.id:upper()
        local flags = {}
        for i = 1, math.max(#case.network.trainable, 1) do
            flags[i] = case.network.trainable[i] and "1" or case.network.positive[i] and "2" or "0"
        end
        add('#include "%s.h"\nstatic const unsigned char %s_trainable[] = {%s};\n', id, id, table.concat(flags, ","))
        add("static void %s_w_import(void *p, const void *f) { %s_import(p, f); }\n", id, id)
        add("static void %s_w_export(const void *p, void *f) { %s_export(p, f); }\n", id, id)
        add("static void %s_w_predict(const void *p, const void *x, void *y, void *s) { %s_predict(p, x, y, s); }\n", id, id)
        add("#if %s_TRAINABLE_COUNT > 0\n", up)
        add("static const void *%s_w_forward(const void *p, const void *x, int n, void *t) { return %s_forward(p, x, n, t); }\n", id, id)
        add("static double %s_w_backward(const void *p, const void *x, const void *y, int n, void *t, void *g) { return (double)%s_backward(p, x, y, n, t, g); }\n", id, id)
        add("static void %s_w_update(void *p, const void *g, void *s, double lr) { %s_update(p, g, s, (REAL)lr); }\n", id, id)
        add("static double %s_w_step(void *p, const void *x, const void *y, int n, void *t, void *s, double lr) { return (double)%s_train_step(p, x, y, n, t, s, (REAL)lr); }\n", id, id)
        add("#endif\n")
    end
    add("static const Model models[] = {\n")
    for _, case in ipairs(group) do
        local id, up = case.id, case.id:upper()
        add('{"%s", %s_INPUT_SIZE, %s_OUTPUT_SIZE, %s_PARAM_COUNT, %s_BATCH, sizeof(%s_params), sizeof(%s_scratch),\n', id, up, up, up, up, id, id)
        add("#if %s_TRAINABLE_COUNT > 0\nsizeof(%s_tape), sizeof(%s_optimizer), %d, %s_trainable, ", up, id, id, case.network.dropout and 1 or 0, id)
        add("%s_w_import, %s_w_export, %s_w_predict, %s_w_forward, %s_w_backward, %s_w_update, %s_w_step, %s_LEARNING_RATE},\n", id, id, id, id, id, id, id, up)
        add("#else\n0, 0, 0, %s_trainable, %s_w_import, %s_w_export, %s_w_predict, NULL, NULL, NULL, NULL, 0},\n#endif\n", id, id, id, id)
    end
    add("};\n")
    return table.concat(text)
end

-- Runs shell commands, JOBS at a time (as many as there are processors). What became of each, its log tells.
local function run_all(commands)
    write(build .. "/commands", table.concat(commands, "\n") .. "\n")
    run(("xargs -d '\\n' -n 1 -P \"${JOBS:-$(nproc)}\" sh -c < %s/commands"):format(build))
end

-- One program per group and variant.
local programs, commands = {}, {}
run("rm -rf '" .. build .. "'")
for v, variant in ipairs(variants) do
    local share, mine = filter and 1 or variant.share or 1, {}
    for i, case in ipairs(cases) do
        local wanted = (i - 1 - v) % share == 0
        if case.kind == "memory" then
            wanted = wanted and variant.memory
        else
            wanted = wanted and (filter or variant.memory ~= "only")
        end
        mine[#mine + 1] = wanted and case or nil
    end
    for first = 1, #mine, GROUP do
        local p = {folder = ("%s/%d_%d"):format(build, v, first), variant = variant, group = {}}
        p.asked = table.move(mine, first, math.min(first + GROUP - 1, #mine), 1, {})
        run("mkdir -p " .. p.folder)
        for _, case in ipairs(p.asked) do
            local path = p.folder .. "/" .. case.id
            write(path .. ".lua", (case.before or "") .. "return model { " .. case.text .. " }\n")
            commands[#commands + 1] = ("%s %s.lua %s --standalone -o %s.c 2> %s.err"):format(cnngen, path, variant.options, path, path)
        end
        programs[#programs + 1] = p
    end
end
run_all(commands)

-- The networks of a program that the compiler took; only --unroll full may refuse one.
local function taken(p)
    local group = {}
    for _, case in ipairs(p.asked) do
        local path = p.folder .. "/" .. case.id
        local message = read(path .. ".err") or "not run"
        if read(path .. ".c") then
            group[#group + 1] = case
        elseif not (p.variant.small and message:find("--unroll full would write", 1, true)) then
            report(false, case.title .. " (" .. p.variant.name .. ")", "cnngen: " .. message:gsub("\n", "\n# "))
        end
    end
    return group
end

local warnings = "-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
commands = {}
for _, p in ipairs(programs) do
    p.group = taken(p)
    if #p.group > 0 then
        write(p.folder .. "/models.h", models_h(p.group, p.variant.name == "double" and "double" or "float"))
        commands[#commands + 1] = ("cd %s && (%s %s -I. -o run $OLDPWD/tests/numeric.c c*.c -lm && ./run out) > log 2>&1 || echo failed >> log"):format(
            p.folder, p.variant.cc, warnings)
    end
end
run_all(commands)

local function reals(data, at, count)
    local list = {}
    for i = 1, count do
        list[i], at = string.unpack("<d", data, at)
    end
    return list, at
end

-- Everything numeric.c wrote for one network, as lists.
local function parse(data, at, case)
    local n, result = case.network, {}
    local inputs, outputs, params, batch = n.input.h * n.input.w * n.input.c, n.output.h * n.output.w * n.output.c, n.param_count, n.batch
    result.params, at = reals(data, at, params)
    result.inputs, at = reals(data, at, batch * inputs)
    result.targets, at = reals(data, at, batch * outputs)
    result.predict, at = reals(data, at, batch * outputs)
    local trains = false
    for _, t in ipairs(n.trainable) do
        trains = trains or t
    end
    result.trains = trains
    if trains then
        for k, count in ipairs {batch, math.max(batch - 1, 1)} do
            result[k] = {count = count}
            result[k].outputs, at = reals(data, at, count * outputs)
            result[k].loss, at = reals(data, at, 1)
            result[k].grads, at = reals(data, at, params)
        end
        result.steps = {}
        for k = 1, 3 do
            result.steps[k] = {}
            result.steps[k].grads, at = reals(data, at, params)
            result.steps[k].params, at = reals(data, at, params)
        end
    end
    return result
end

-- nil when all values are within `tolerance` of the scale, else a description. The scale is the largest value expected.
local function far(what, got, expected, tolerance, floor)
    local scale = floor or 1e-3
    for i = 1, #expected do
        scale = math.max(scale, math.abs(expected[i]))
    end
    for i = 1, #expected do
        if not (math.abs(got[i] - expected[i]) <= tolerance * scale) then
            return ("%s[%d] is %.9g, not %.9g"):format(what, i - 1, got[i], expected[i])
        end
    end
end

local function part(list, n, size)
    return table.move(list, n * size + 1, n * size + size, 1, {})
end

-- The double build against the reference.
local function against_reference(case, r)
    local n = case.network
    local inputs, outputs = n.input.h * n.input.w * n.input.c, n.output.h * n.output.w * n.output.c
    local expected, samples = {}, {}
    for s = 0, n.batch - 1 do
        samples[s] = reference.predict(n, r.params, part(r.inputs, s, inputs))
        table.move(samples[s], 1, outputs, #expected + 1, expected)
    end
    local problem = far("predict", r.predict, expected, 1e-11)
    if problem or not r.trains then
        return problem
    end
    for k = 1, 2 do
        local loss = 0
        local inputs_of = {}
        for s = 1, r[k].count do
            inputs_of[s] = part(r.inputs, s - 1, inputs)
        end
        local trained, statistics = reference.forward(n, r.params, inputs_of)
        local in_training = {}
        for s = 1, r[k].count do
            table.move(trained[s], 1, outputs, #in_training + 1, in_training)
        end
        for i in pairs(n.momentum) do
            if not (math.abs(r[k].grads[i] - (r.params[i] - statistics[i])) < 1e-11) then
                return ("moving statistic %d is %.9g from the batch's, not %.9g"):format(i, r[k].grads[i], r.params[i] - statistics[i])
            end
        end
        for s = 0, r[k].count - 1 do
            local y = n.dropout and part(r[k].outputs, s, outputs) or trained[s + 1]
            loss = loss + reference.loss(n, y, part(r.targets, s, outputs)) / r[k].count
        end
        problem = (not n.dropout and far("forward", r[k].outputs, in_training, 1e-11)) or
            far("loss", r[k].loss, {loss}, 1e-11)
        if problem then
            return problem
        end
    end
    for i, t in ipairs(n.trainable) do
        if not t and not n.momentum[i] and r[1].grads[i] ~= 0 then
            return "the gradient of a frozen parameter is " .. r[1].grads[i]
        end
    end
    local params, state = table.move(r.params, 1, #r.params, 1, {}), {}
    for k = 1, 3 do
        reference.step(n.optimizer, params, r.steps[k].grads, state, n.trainable, n.momentum)
        problem = far("step " .. k, r.steps[k].params, params, 1e-9)
        if problem then
            return problem
        end
    end
end

-- A float variant against the double build.
local function against_double(r, d)
    local problem = far("predict", r.predict, d.predict, 1e-4)
    for k = 1, r.trains and not problem and 2 or 0 do
        problem = problem or far("outputs", r[k].outputs, d[k].outputs, 1e-4) or far("loss", r[k].loss, d[k].loss, 1e-4) or
            far("gradient", r[k].grads, d[k].grads, 5e-4)
    end
    return problem
end

local doubles = {}
for _, p in ipairs(programs) do
    local log, data = read(p.folder .. "/log") or "", read(p.folder .. "/out") or ""
    local crashed = log:find("failed\n", 1, true)
    if crashed then
        report(false, p.folder .. " (" .. p.variant.name .. ")", log:sub(-2000):gsub("\n", "\n# "))
    end
    for _, case in ipairs(p.group) do
        local at = log:match("model " .. case.id .. " .- at (%d+)\n")
        local title = case.title .. " (" .. p.variant.name .. ")"
        local ok, r = pcall(parse, data, (tonumber(at) or 0) + 1, case)
        local problem = (not at or not ok) and "no result" or nil
        if not problem and p.variant.name == "double" then
            doubles[case.id] = r
            problem = against_reference(case, r)
            local checked, worst = log:match("gradient " .. case.id .. " (%d+) (%S+)")
            if r.trains and not problem then
                if case.whole then
                    print(("# %s: %s parameters checked, largest relative error %s"):format(case.title, checked, worst))
                end
                gradient_cases, gradient_checked = gradient_cases + 1, gradient_checked + tonumber(checked)
                gradient_worst = math.max(gradient_worst, tonumber(worst))
                if not (tonumber(worst) < 1e-6) then
                    problem = "gradient check: relative error " .. worst .. (log:match("\n(# " .. case.id .. " parameter[^\n]*)") or "")
                end
            end
        elseif not problem then
            problem = doubles[case.id] and against_double(r, doubles[case.id])
        end
        if not problem and log:find("not equal " .. case.id .. "\n", 1, true) then
            problem = "train_step is not forward, backward and update"
        end
        report(not problem, title, problem)
    end
end
print(("# %d gradient cases, %d parameters checked, largest relative error %.2g"):format(gradient_cases, gradient_checked, gradient_worst))
os.exit(failures == 0)
