-- damaged.lua - more than a thousand files of four formats that are cut off or have wrong bytes: an answer each, never a crash, a hang or
-- a report of a sanitizer.
-- usage: lua5.4 tests/damaged.lua CNNGEN BUILD_DIR [times as many]
local tap = dofile("tests/tap.lua")
local write = dofile("tests/onnx_write.lua")
local cnngen, build, times = arg[1], arg[2], tonumber(arg[3] or 1)
local data = (os.getenv("CNNGEN_DATA") or "../shared/data") .. "/onnx"
os.execute("rm -rf " .. build .. " && mkdir -p " .. build)

local seed = 12345
local function random(n) -- the same in every version of Lua
    seed = (seed * 1103515245 + 12345) % 2147483648
    return (seed >> 8) % n
end
local function place(text, range)
    return (random(32768) * 32768 + random(32768)) % math.max(math.min(range, #text), 1) + 1
end
local function byte()
    return string.char(({0, 255, 127, 128, random(256), random(256)})[random(6) + 1])
end
local function change(text, count, range)
    for _ = 1, count do
        local at = place(text, range)
        text = text:sub(1, at - 1) .. byte() .. text:sub(at + 1)
    end
    return text
end

-- What happens to a file; `front` is where its structure stands.
local damages = {
    {"cut off", function(text) return text:sub(1, place(text, #text) - 1) end},
    {"cut off in front", function(text, front) return text:sub(1, place(text, front) - 1) end},
    {"a byte anywhere", function(text) return change(text, 1, #text) end},
    {"a byte in front", function(text, front) return change(text, 1, front) end},
    {"three bytes in front", function(text, front) return change(text, 3, front) end},
    {"thirty bytes", function(text) return change(text, 30, #text) end},
    {"bytes too many", function(text, front)
        local at = place(text, front)
        return text:sub(1, at) .. byte():rep(1 + random(20)) .. text:sub(at + 1)
    end},
    {"bytes missing", function(text, front)
        local at = place(text, front)
        return text:sub(1, at) .. text:sub(at + 2 + random(20))
    end},
    {"a piece of another place", function(text, front)
        local to, from, n = place(text, front), place(text, #text), 1 + random(64)
        return text:sub(1, to) .. text:sub(from, from + n - 1) .. text:sub(to + n + 1)
    end},
    {"a large number", function(text, front)
        local at = place(text, front)
        return text:sub(1, at) .. ("\xff"):rep(7) .. "\x7f" .. text:sub(at + 9)
    end},
}

-- The files: weights of one network in each format, small models, and real ones where there are data.
local spec = tap.write(build .. "/net.lua", [[
return model { input = "6x5x3", conv2d { 4, kernel = 3, padding = 1 }, batch_norm {}, depthwise_conv2d { 3 }, group_norm { 2 }, prelu {},
  flatten {}, dense { 7, activation = "relu" }, dense { 2, activation = "softmax" } }
]])
local function run(format, ...)
    return tap.run(("timeout 20 " .. cnngen .. " " .. format):format(...))
end
local summary = run("summary --json %s", spec)
local values = {}
for i = 1, tonumber(summary:match('"params": (%d+)') or summary:match('"parameters": (%d+)')) do
    values[i] = random(2000) / 1000
end
tap.write_npy(build .. "/all.npy", {#values}, values)
for _, file in ipairs {"ours.safetensors", "torch.safetensors --names torch", "ours.npz", "ours.weights.h5"} do
    local _, err, status = run("weights %s --weights %s/all.npy -o %s/%s", spec, build, build, file)
    tap.report(status == 0, "made " .. file, err)
end

local function models()
    local list = {}
    local function tensor(dims)
        local t = {dims = dims, values = {}}
        local n = 1
        for _, d in ipairs(dims) do n = n * d end
        for i = 1, n do t.values[i] = random(2000) / 1000 - 1 end
        return t
    end
    local weights = {w = tensor {4, 3, 3, 3}, b = tensor {4}, s = tensor {4}, t = tensor {4}, m = tensor {4}, v = tensor {4}, g = tensor {2, 16}, shape = {dims = {2}, values = {1, 16}, whole = true}}
    list[1] = write.model({{"Conv", {"x", "w", "b"}, "a", {kernel_shape = {3, 3}, pads = {1, 1, 1, 1}, group = 1}}, {"BatchNormalization", {"a", "s", "b", "m", "v"}, "c", {epsilon = 0.001}},
        {"LeakyRelu", {"c"}, "d", {alpha = 0.1}}, {"MaxPool", {"d"}, "e", {kernel_shape = {2, 2}, strides = {2, 2}, ceil_mode = 0}}, {"Reshape", {"e", "shape"}, "f"},
        {"Gemm", {"f", "g"}, "h", {transB = 1}}, {"Softmax", {"h"}, "y", {axis = 1}}}, weights, {1, 3, 4, 4})
    list[2] = write.model({{"Conv", {"x", "w"}, "a", {auto_pad = "SAME_UPPER"}}, {"InstanceNormalization", {"a", "s", "b"}, "c"}, {"DepthToSpace", {"c"}, "d", {blocksize = 2, mode = "CRD"}},
        {"Pad", {"d"}, "e", {mode = "reflect", pads = {0, 0, 1, 1, 0, 0, 1, 1}}}, {"GlobalAveragePool", {"e"}, "y"}}, weights, {1, 3, 4, 6}, 10)
    list[3] = write.model({{"Conv", {"x", "w", "b"}, "a", {pads = {1, 1, 1, 1}}}, {"Relu", {"a"}, "c"}, {"Add", {"a", "c"}, "d"}, {"Concat", {"d", "a"}, "e", {axis = 1}},
        {"Transpose", {"e"}, "f", {perm = {0, 2, 3, 1}}}, {"QuantizeLinear", {"f", "s"}, "y"}}, weights, {1, 3, 5, 4})
    for _, path in ipairs {"models/mnist-8/model.onnx", "models/emx-micro_kws_m_static_fp32.onnx"} do
        local text = tap.read(data .. "/" .. path)
        list[#list + 1] = text and text:sub(1, 30000)
    end
    if tap.read(data .. "/backend-originals.tar.gz") then
        os.execute(("mkdir -p %s/cases && tar xzf %s/backend-originals.tar.gz -C %s/cases"):format(build, data, build))
        local n = 0
        for path in tap.run(("find %s/cases -name model.onnx | sort"):format(build)):gmatch("[^\n]+") do
            n = n + 1
            list[#list + 1] = n % 12 == 0 and tap.read(path) or nil
        end
    end
    return list
end

local total = 0
-- `count` damaged files made of `files`, each given to `command` with its path in place of %s.
local function try(format, count, files, front, command)
    local bad, read, kinds, path = {}, 0, {}, build .. "/damaged"
    for i = 1, count * times do
        local damage = damages[i % #damages + 1]
        local text = damage[2](files[i // #damages % #files + 1], front)
        tap.write(path, text)
        tap.write(build .. "/out.npy", "before")
        tap.write(build .. "/out.lua", "before")
        local _, err, status = run(command, path)
        local message = status == 1 and err:find("error: ", 1, true)
        local kept = tap.read(build .. "/out.npy") == "before" and tap.read(build .. "/out.lua") == "before"
        if not (status == 0 or message and kept) or err:find("Sanitizer", 1, true) or err:find("runtime error", 1, true) or err:find("HDF5-DIAG", 1, true) or
            (message and #err > 20000) then
            bad[#bad + 1] = ("file %d, %s: status %s: %s"):format(i, damage[1], status, err:sub(1, 600))
            tap.write(("%s/bad_%s_%d"):format(build, format, i), text)
        end
        read = read + (status == 0 and 1 or 0)
        kinds[damage[1]] = (kinds[damage[1]] or 0) + (status == 0 and 0 or 1)
    end
    tap.report(#bad == 0, ("%s: %d damaged files, %d messages, %d still mean something"):format(format, count * times, count * times - read, read), table.concat(bad, "\n"))
    local list = {}
    for _, damage in ipairs(damages) do
        list[#list + 1] = ("%d %s"):format(kinds[damage[1]] or 0, damage[1])
    end
    print(("# %s: %d messages in %d cases: %s"):format(format, count * times - read, count * times, table.concat(list, ", ")))
    total = total + count * times
end
local function bytes(name)
    return assert(tap.read(build .. "/" .. name), name)
end
local convert = ("weights %s --weights %%s -o %s/out.npy"):format(spec, build)
try("onnx", 400, models(), 2000, ("import %%s -o %s/out.lua"):format(build))
try("safetensors", 250, {bytes("ours.safetensors"), bytes("torch.safetensors")}, 1200, convert)
try("npy", 150, {bytes("all.npy")}, 140, convert)
try("h5", 200, {bytes("ours.weights.h5")}, 4096, convert)
try("npz", 100, {bytes("ours.npz")}, 400, convert)
print(("# %d damaged files, cases with a crash, a hang or no message: %d"):format(total, tap.failures))
tap.finish()
