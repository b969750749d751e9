-- onnx.lua - ONNX's own tests of its operators and six real models: imported, generated, run, compared; blocks in blocks.
-- usage: lua5.4 tests/onnx.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
local data = (os.getenv("CNNGEN_DATA") or "../shared/data") .. "/onnx"
local wire = dofile("tests/onnx_file.lua")
os.execute("rm -rf " .. build .. " && mkdir -p " .. build)

dofile("tests/onnx_blocks.lua")(tap, cnngen, build)
if not tap.read(data .. "/backend-originals.tar.gz") then
    for _, what in ipairs {"operators of ONNX", "models of others"} do
        print(("ok - %s # SKIP no data in %s"):format(what, data))
    end
    tap.finish()
end
os.execute(("mkdir -p %s/cases && tar xzf %s/backend-originals.tar.gz -C %s/cases"):format(build, data, build))

local expected = dofile("tests/onnx_cases.lua")

-- The model with its inputs but one as constants: a second graph behind the first is merged into it.
local function with_constants(model, inputs)
    local parts = {}
    for name, tensor in pairs(inputs) do
        parts[#parts + 1] = wire.field(5, tensor .. wire.field(8, name))
    end
    table.sort(parts)
    return model .. wire.field(7, table.concat(parts))
end

-- "2x120", "2x3x4x5", {0, 2, 3, 1}: what the spec says of its input or output.
local function places(spec, what)
    local parts, order = spec:match("%-%- " .. what .. ' "[^\n]-" %([%dx]*%) as ([%dx]+), axes in order ([%d ]+)')
    local sizes, axes = {}, {}
    for n in (parts or ""):gmatch("%d+") do sizes[#sizes + 1] = tonumber(n) end
    for n in (order or ""):gmatch("%d+") do axes[#axes + 1] = tonumber(n) + 1 end
    return sizes, axes
end

-- Values of an ONNX tensor in the order of ours.
local function turned(values, sizes, axes)
    local strides, stride, out = {}, 1, {}
    for i = #sizes, 1, -1 do
        strides[i], stride = stride, stride * sizes[i]
    end
    local function walk(depth, at)
        if depth > #axes then
            out[#out + 1] = values[at + 1]
            return
        end
        for i = 0, sizes[axes[depth]] - 1 do
            walk(depth + 1, at + i * strides[axes[depth]])
        end
    end
    walk(1, 0)
    return out
end

local function floats(list)
    local parts = {}
    for i, v in ipairs(list) do
        parts[i] = string.pack("<f", v)
    end
    return table.concat(parts)
end

-- Cases: the first input is the network's, the others are constants.
local cases = {}
for dir in tap.run(("cd %s/cases && find . -name model.onnx | sort"):format(build)):gmatch("%./([^\n]+)/model.onnx") do
    local folder = build .. "/cases/" .. dir
    local model = assert(tap.read(folder .. "/model.onnx"))
    local names, constants, values = wire.input_names(model), {}, nil
    for i, name in ipairs(names) do
        local tensor = assert(tap.read(("%s/test_data_set_0/input_%d.pb"):format(folder, i - 1)))
        if i == 1 then
            values = wire.tensor(tensor)
        else
            constants[name] = tensor
        end
    end
    local name = dir:gsub("^.*/test_", ""):lower():gsub("[^%w]", "_")
    name = "c" .. #cases + 1 .. "_" .. name
    tap.write(("%s/%s.onnx"):format(build, name), with_constants(model, constants))
    cases[#cases + 1] = {name = name, dir = dir, short = dir:match("[^/]*$"), input = values, expected = wire.tensor(tap.read(folder .. "/test_data_set_0/output_0.pb"))}
end
tap.report(#cases == 358, "358 cases of operators", #cases)

-- Some of them once more with the input as it comes.
local kept = 0
for i = 1, #cases do
    for _, part in ipairs {"Conv2d", "_conv_with", "Linear", "maxpool_2d_same", "averagepool_2d_default", "globalaverage", "depthtospace_example", "flatten_axis1", "convtranspose", "PixelShuffle", "batchnorm", "Conv1d"} do
        if cases[i].dir:find(part, 1, true) and not expected.cases[cases[i].short] then
            local copy = {kept = true}
            for key, value in pairs(cases[i]) do copy[key] = value end
            copy.name, copy.dir = copy.name .. "_kept", copy.dir .. ", input as it comes"
            tap.write(("%s/%s.onnx"):format(build, copy.name), tap.read(("%s/%s.onnx"):format(build, cases[i].name)))
            cases[#cases + 1] = copy
            break
        end
    end
end

local good, counts, order, outside, float64 = {}, {}, {}, 0, 0
local function count(reason)
    order[#order + 1] = not counts[reason] and reason or nil
    counts[reason] = (counts[reason] or 0) + 1
    outside = outside + (reason:find(expected.outside, 1, true) and 1 or 0)
end
for _, case in ipairs(cases) do
    local path, known = ("%s/%s"):format(build, case.name), expected.cases[case.short]
    local _, err, status = tap.run(("%s import %s.onnx -o %s.lua %s"):format(cnngen, path, path, case.kept and "--input-layout chw" or ""))
    if known then
        tap.report(status == 1 and err:find(known.message, 1, true), case.dir .. ": " .. known.reason, err)
        count(known.reason)
    elseif tap.report(status == 0, case.dir .. ": imported", err) then
        local spec = tap.read(path .. ".lua")
        good[#good + 1] = case
        case.values = turned(case.input, places(spec, "input"))
        if case.kept then
            tap.report(table.concat(case.values, " ") == table.concat(case.input, " "), case.dir .. ": in its order", spec)
            case.values = case.input
        end
        case.wanted = turned(case.expected, places(spec, "output"))
        for i = 1, spec:find("%(LogSoftmax%)") and #case.wanted or 0 do
            case.wanted[i] = math.exp(case.wanted[i])
        end
        tap.write(path .. ".in", floats(case.values))
    end
end

-- All networks in one program: each reads its samples and writes what it makes of them.
local source = {'#include <stdio.h>\n'}
local calls, objects = {}, {}
for _, case in ipairs(good) do
    local path, n = ("%s/%s"):format(build, case.name), case.name
    local _, err, status = tap.run(("%s %s.lua --weights %s.safetensors --inference --standalone -o %s.c"):format(cnngen, path, path, path))
    if tap.report(status == 0, case.dir .. ": generated", err) then
        source[#source + 1] = ('#include "%s.h"\n'):format(n)
        calls[#calls + 1] = ('    { static %s_scratch s; static float x[%s_INPUT_SIZE], y[%s_OUTPUT_SIZE]; FILE *in = fopen("%s.in", "rb"), *out = fopen("%s.out", "wb");\n      while (fread(x, sizeof x, 1, in) == 1) { %s_predict(&%s_weights, x, y, &s); fwrite(y, sizeof y, 1, out); } fclose(in); fclose(out); }\n'):format(
            n, n:upper(), n:upper(), path, path, n, n)
        objects[#objects + 1] = n .. ".c"
    end
end
tap.write(build .. "/all.c", table.concat(source) .. "int main(void)\n{\n" .. table.concat(calls) .. "    return 0;\n}\n")
local cc = os.getenv("CC") or "cc"
local _, err, status = tap.run(("cd %s && %s -std=c99 -O1 -Wall -Wextra -Wpedantic -Werror -o all all.c %s -lm"):format(build, cc, table.concat(objects, " ")))
tap.report(status == 0, "all of them compile", err:sub(1, 2000))
_, err, status = tap.run(build .. "/all")
tap.report(status == 0, "all of them run", err)

local passed, worst = 0, 0
for _, case in ipairs(good) do
    local text = tap.read(("%s/%s.out"):format(build, case.name)) or ""
    local failure = #text ~= 4 * #case.wanted and ("%d outputs, not %d"):format(#text // 4, #case.wanted)
    local tolerance = expected.tolerances[case.short] or 1e-5
    for i = 1, failure and 0 or #case.wanted do
        local got, wanted = string.unpack("<f", text, 4 * i - 3), case.wanted[i]
        local difference = got == wanted and 0 or math.abs(got - wanted) / math.max(1, math.abs(wanted))
        if not (difference <= tolerance) and not failure then
            failure = ("value %d is %.9g, not %.9g"):format(i, got, wanted)
        end
        worst = (difference <= worst or tolerance > 1e-5 or failure) and worst or difference
    end
    if expected.float64[case.short] then
        tap.report(failure and failure:find("inf", 1, true), case.dir .. ": numbers that float32 has not", failure or "it agrees now")
        float64 = float64 + 1
        count("numbers that float32 has not")
    else
        tap.report(not failure, case.dir .. ": the recorded outputs", failure)
        passed = passed + ((failure or case.kept) and 0 or 1)
        kept = kept + ((case.kept and not failure) and 1 or 0)
    end
end
for _, reason in ipairs(order) do
    print(("# %d cases: %s"):format(counts[reason], reason))
end
print(("# %d of %d cases give the recorded outputs, %.1f %% of the %d in float32 that a network of cnngen can contain; largest relative difference %.2g"):format(
    passed, 358, 100 * passed / (358 - outside - float64), 358 - outside - float64, worst))
print(("# %d cases pass with --input-layout chw, too"):format(kept))

dofile("tests/onnx_models.lua")(tap, wire, cnngen, build, data)
tap.finish()
