-- numeric.lua - every layer kind and option against the reference and against itself.
--
-- Each case of tests/layers/ becomes a network, generated in several variants; many are compiled into one program (numeric.c), which
-- writes down what it computes. The double build is compared with reference.lua and has its gradients checked by differences; every
-- float variant (vectors, SSE, portable C, loops, no loops, sanitizers) is compared with the double build.
-- usage: lua5.4 tests/numeric.lua BUILD_DIR CNNGEN [filter | all [part of the names of variants]]
local tap = dofile("tests/tap.lua")
local reference = dofile("tests/reference.lua")
local judge = dofile("tests/judge.lua")
local read, write, report = tap.read, tap.write, tap.report
local build, cnngen, filter, only = arg[1], arg[2], arg[3], arg[4]

local kinds = {"conv2d", "conv1d", "depthwise", "grouped", "pool", "dense", "activation", "other", "resize", "norm", "layer_norm", "group_norm", "prelu", "graph", "planes", "memory", "training", "repeated", "network"}
-- To keep a test of everything within minutes, `share = n` takes every n-th case, and of programs with a `quick` compiler one of three has
-- the other. With a filter or the filter "all" every case is taken and nothing is quick.
-- Cases of memory.lua are for variants that save memory; some of these take no others.
local sanitizers = " -fsanitize=address,undefined -fno-sanitize-recover=all"
local variants = {
    {name = "double", options = "--real double", cc = "gcc -Og -march=native", memory = "too"},
    {name = "vectors", options = "", cc = "gcc -O2 -march=native", quick = "gcc -O0 -march=native"},
    {name = "sse", options = "", cc = "gcc -O0", share = 3},
    {name = "least memory", options = "--ram least", cc = "clang -O0 -march=native", share = 3, memory = "too"},
    {name = "portable", options = "--target portable", cc = "gcc -O2 -ftree-vectorize -march=native", quick = "gcc -O0", share = 3},
    {name = "loops", options = "--unroll none", cc = "gcc -O0", share = 2},
    {name = "no loops", options = "--unroll full", cc = "clang -O0", share = 8, small = true},
    {name = "sanitized", options = "", cc = "clang -O0 -march=native" .. sanitizers, share = 3},
    {name = "portable sanitized", options = "--target portable", cc = "gcc -O0" .. sanitizers, share = 3},
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
local gradient_cases, gradient_worst, gradient_checked = 0, 0, 0

local function run(command)
    local ok, _, status = os.execute(command)
    return ok and status == 0
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
        local quick = not filter and variant.quick and first // GROUP % 3 > 0
        local p = {folder = ("%s/%d_%d"):format(build, v, first), variant = variant, cc = quick and variant.quick or variant.cc, group = {}}
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
            report(false, case.title .. " (" .. p.variant.name .. ")", "cnngen: " .. message)
        end
    end
    return group
end

local warnings = "-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
commands = {}
for _, p in ipairs(programs) do
    p.group = taken(p)
    if #p.group > 0 then
        write(p.folder .. "/models.h", judge.models_h(p.group, p.variant.name == "double" and "double" or "float"))
        commands[#commands + 1] = ("cd %s && (%s %s -I. -o run $OLDPWD/tests/numeric.c c*.c -lm && ./run out) > log 2>&1 || echo failed >> log"):format(
            p.folder, p.cc, warnings)
    end
end
run_all(commands)

local doubles = {}
for _, p in ipairs(programs) do
    local log, data = read(p.folder .. "/log") or "", read(p.folder .. "/out") or ""
    local crashed = log:find("failed\n", 1, true)
    if crashed then
        report(false, p.folder .. " (" .. p.variant.name .. ")", log:sub(-2000))
    end
    for _, case in ipairs(p.group) do
        local at = log:match("model " .. case.id .. " .- at (%d+)\n")
        local title = case.title .. " (" .. p.variant.name .. ")"
        local ok, r = pcall(judge.parse, data, (tonumber(at) or 0) + 1, case)
        local problem = (not at or not ok) and "no result" or nil
        if not problem and p.variant.name == "double" then
            doubles[case.id] = r
            problem = judge.against_reference(case, r)
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
            problem = doubles[case.id] and judge.against_double(r, doubles[case.id])
        end
        if not problem and log:find("not equal " .. case.id .. "\n", 1, true) then
            problem = "train_step is not forward, backward and update"
        end
        report(not problem, title, problem)
    end
end
print(("# %d gradient cases, %d parameters checked, largest relative error %.2g"):format(gradient_cases, gradient_checked, gradient_worst))
tap.finish()
