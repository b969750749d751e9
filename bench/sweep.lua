-- sweep.lua - convolutions of many shapes: right, clean under sanitizers, and how fast.
--
-- Writes two specs a shape (sweep.h says why two), generates, compiles all files of a variant into one program and runs it.
-- usage: lua5.4 bench/sweep.lua WHAT BUILD CNNGEN
--   check      a few shapes, with sanitizers; TAP
--   correct    all shapes: gcc, gcc for AVX2, clang; TAP
--   sanitized  all shapes with sanitizers; TAP
--   speed      all shapes, timed
--   all        the last three
local what, build, cnngen = arg[1], arg[2], arg[3]
package.path = "tests/?.lua;bench/?.lua;" .. package.path
local tap = require "tap"
local list = require "sweep_shapes"

local variants = {
    gcc = {compiler = "gcc", flags = "-O2 -march=native"},
    avx2 = {compiler = "gcc", flags = "-O2 -march=haswell"},
    clang = {compiler = "clang", flags = "-O2 -march=native -mprefer-vector-width=512"},
    -- at -O0 by clang, which is ten times faster at instrumenting than gcc
    sanitized = {compiler = "clang", flags = "-O0 -march=native -fsanitize=address,undefined -fno-sanitize-recover=all"},
}
local FILES, DRAWN = 20, 8 -- files a call of the compiler; shapes of `check` that are not edges

local function run(command)
    local ok = os.execute(command)
    return ok
end

-- ---- Specs ----

local function padding_text(s)
    return type(s.padding) == "table" and "{ " .. table.concat(s.padding, ", ") .. " }" or "'" .. s.padding .. "'"
end

local function layers(s)
    local text = ("conv2d { %d, kernel = '%dx%d', stride = '%dx%d', dilation = '%dx%d', padding = %s, groups = %d, activation = 'relu' },\n"):format(
        s.oc, s.kh, s.kw, s.sh, s.sw, s.dh, s.dw, padding_text(s), s.groups)
    return text .. (s.pool and ("  %spool2d { 2 },\n"):format(s.pool) or "")
end

local function spec(s, below)
    local image = ("%dx%dx%d"):format(s.h, s.w, s.ic)
    local head = ("  input = '%s',\n"):format(image)
    if below == "dense" then
        head = ("  input = '1',\n  dense { %d },\n  reshape { '%s' },\n"):format(s.h * s.w * s.ic, image)
    elseif below == "scale" then
        head = head .. ("  conv2d { %d, kernel = 1, groups = %d },\n"):format(s.ic, s.ic)
    end
    return "return model {\n" .. head .. "  " .. layers(s) .. "  loss = 'mse', batch = 1 }\n"
end

-- ---- Glue: a generated file seen from inside ----

-- Calls of static functions of the generated file, their arguments by the names in their signatures. A kernel that forward has to
-- prepare first is part of forward; what backward prepares is made once for a batch, and is not timed.
local call
function call(text, name)
    local signature = text:match("static void " .. name .. "(%b())")
    local before = name:gsub("_forward$", "_prepare_forward")
    if before ~= name and text:find("static void " .. before .. "(", 1, true) then
        before = call(text, before) .. "; "
    else
        before = ""
    end
    if not signature then
        return "(void)s"
    end
    local values = {}
    for argument in signature:gmatch("restrict (%w+)") do
        values[#values + 1] = "s->" .. argument
    end
    return ("%s%s(%s)"):format(before, name, table.concat(values, ", "))
end

local GLUE = [[
#include "NET.c"
#include "sweep.h"
static void sweep_import(void *p, const float *f) { NET_import(p, f); }
static void sweep_export(const void *p, float *f) { NET_export(p, f); }
static void sweep_predict(const void *p, const float *x, float *y, void *s) { NET_predict(p, x, y, s); }
static const float *sweep_forward(const void *p, const float *x, void *t) { return NET_forward(p, x, 1, t); }
static void sweep_backward(const void *p, const float *x, const float *y, void *t, void *g) { NET_backward(p, x, y, 1, t, g); }
static void layer_forward(const Set *s) { FORWARD; }
static void layer_backward(const Set *s) { BACKWARD; }
extern const Network NET;
const Network NET = {UP_INPUT_SIZE, UP_OUTPUT_SIZE, UP_PARAM_COUNT, sizeof(NET_params), sizeof(NET_scratch), sizeof(NET_tape),
    sweep_import, sweep_export, sweep_predict, sweep_forward, sweep_backward, layer_forward, layer_backward};
]]

local function glue(net, layer, s)
    local text = tap.read(("%s/%s.c"):format(build, net))
    local fn = net .. "_" .. layer
    local values = {NET = net, UP = net:upper(), FORWARD = call(text, fn .. (s.pool and "_pool1" or "") .. "_forward"), BACKWARD = call(text, fn .. (text:find(fn .. "_pool1_backward(", 1, true) and "_pool1" or "") .. "_backward")}
    return (GLUE:gsub("%u+", values))
end

-- Writes spec, C and glue of both networks of a shape; false when the compiler refuses.
local function generate(s)
    for net, below in pairs {[s.id .. "a"] = "none", [s.id .. "b"] = s.below} do
        local base = build .. "/" .. net
        tap.write(base .. ".lua", spec(s, below))
        if not run(("%s %s.lua --standalone -o %s.c 2> %s.err"):format(cnngen, base, base, base)) then
            return tap.report(false, s.name, tap.read(base .. ".err"))
        end
        tap.write(base .. "_glue.c", glue(net, below == "scale" and "conv2" or "conv1", s))
    end
    return true
end

local function table_c(shapes)
    local pools, below = {max = "POOL_MAX", avg = "POOL_MEAN"}, {dense = "BELOW_DENSE", scale = "BELOW_SCALE"}
    local head, rows = {'#include "sweep.h"\n'}, {}
    for _, s in ipairs(shapes) do
        head[#head + 1] = ("extern const Network %sa, %sb;\n"):format(s.id, s.id)
        rows[#rows + 1] = ('{"%s", "%s", %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %s, %s, %d, &%sa, &%sb},\n'):format(
            s.name, s.class, s.h, s.w, s.ic, s.oc, s.kh, s.kw, s.sh, s.sw, s.dh, s.dw, s.pads[1], s.pads[3], s.yh, s.yw, s.groups,
            s.pool and pools[s.pool] or "POOL_NONE", below[s.below], s.macs, s.id, s.id)
    end
    return table.concat(head) .. "const Shape shapes[] = {\n" .. table.concat(rows) .. "};\nconst int shape_count = " .. #shapes .. ";\n"
end

local function prepare(shapes)
    run(("rm -rf '%s'; mkdir -p '%s'"):format(build, build))
    local taken = {}
    for i, s in ipairs(shapes) do
        s.below = i % 2 == 0 and "scale" or "dense"
        if generate(s) then
            taken[#taken + 1] = s
        end
    end
    tap.write(build .. "/table.c", table_c(taken))
    return taken
end

-- ---- Programs ----

-- A makefile, so that two compilers run side by side; BENCH: this folder. The harness itself is never instrumented: it only has to be fast.
local function makefile(shapes, variant)
    local rules, done = {}, {}
    for first = 1, #shapes, FILES // 2 do
        local files = {}
        for i = first, math.min(first + FILES // 2 - 1, #shapes) do
            files[#files + 1] = ("../%sa_glue.c ../%sb_glue.c"):format(shapes[i].id, shapes[i].id)
        end
        done[#done + 1] = "done" .. first
        rules[#rules + 1] = ("done%d:\n\t%s %s -I$(BENCH) -c %s\n\t@touch $@\n"):format(first, variant.compiler, variant.flags, table.concat(files, " "))
    end
    -- gnu11: with c11 gcc does not fuse the multiply-adds of the peak
    local own = "gcc -std=gnu11 -O2 -march=native -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -I$(BENCH) -c"
    rules[#rules + 1] = ("own:\n\t%s $(BENCH)/sweep.c $(BENCH)/sweep_time.c ../table.c\n\t@touch $@\n"):format(own)
    return ("sweep: own %s\n\t%s %s -o $@ *.o -lm\n"):format(table.concat(done, " "), variant.compiler, variant.flags) .. table.concat(rules)
end

local function compile(shapes, name)
    local folder = build .. "/" .. name
    run("mkdir -p " .. folder)
    tap.write(folder .. "/Makefile", makefile(shapes, variants[name]))
    local start = os.time()
    local ok = run(('bench=$PWD/bench; cd %s && make -s -j2 BENCH="$bench" > log 2>&1'):format(folder))
    io.write(("# %s: compiled in %d s\n"):format(name, os.time() - start))
    return ok or tap.report(false, name .. " compiles", tap.read(folder .. "/log"):sub(-2000))
end

-- Runs the checks of a variant; its TAP lines get the name of the variant.
local function check(shapes, name)
    if not compile(shapes, name) then
        return
    end
    local start = os.time()
    local out, err, status = tap.run(("%s/%s/sweep check"):format(build, name))
    for line in out:gmatch("[^\n]+") do
        print((line:gsub("^(.*ok %- .*)$", "%1 (" .. name .. ")")))
        tap.failures = tap.failures + (line:find("^not ok") and 1 or 0)
    end
    if status ~= 0 then
        tap.report(false, name .. " ends", err:sub(1, 3000))
    end
    io.write(("# %s: ran in %d s\n"):format(name, os.time() - start))
end

local function speed(shapes)
    if compile(shapes, "gcc") then
        io.stdout:flush()
        run(build .. "/gcc/sweep time")
    end
end

local function some()
    local shapes = table.move(list.all, 1, list.edges, 1, {})
    return table.move(list.all, list.edges + 1, list.edges + DRAWN, #shapes + 1, shapes)
end

local actions = {
    check = function(shapes) check(shapes, "sanitized") end,
    correct = function(shapes) for _, name in ipairs {"gcc", "avx2", "clang"} do check(shapes, name) end end,
    sanitized = function(shapes) check(shapes, "sanitized") end,
    speed = speed,
    all = function(shapes)
        for _, name in ipairs {"gcc", "avx2", "clang", "sanitized"} do check(shapes, name) end
        speed(shapes)
    end,
}
assert(actions[what], "usage: lua5.4 bench/sweep.lua check|correct|sanitized|speed|all BUILD CNNGEN")
actions[what](prepare(what == "check" and some() or list.all))
tap.finish()
