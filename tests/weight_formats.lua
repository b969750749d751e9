-- weight_formats.lua - weights as safetensors, .npz, .npy and HDF5: round trips, PyTorch's and Keras' names, maps, damaged files; and Python reads
-- and writes the same where it is installed.
-- usage: lua5.4 tests/weight_formats.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
os.execute("mkdir -p " .. build)

local function command(format, ...)
    return tap.run(cnngen .. " " .. format:format(...))
end

-- Every kind of tensor; what PyTorch and Keras call its layers is in tests/weight_formats/*.py, too.
local spec = tap.write(build .. "/all.lua", [[
return model {
  input = "6x5x3",
  conv2d           { 4, kernel = "3x2", name = "stem" },
  batch_norm       { epsilon = 1e-3 },
  conv2d           { 6, kernel = 1, groups = 2, activation = "relu" },
  depthwise_conv2d { 3, multiplier = 2, padding = 1 },
  prelu            {},
  layer_norm       { epsilon = 1e-3 },
  conv2d_transpose { 5, kernel = "2x3" },
  flatten          {},
  dense            { 7, activation = "tanh" },
  dense            { 3 },
  loss             = "mse",
}
]])
-- ours, its shape, and the name PyTorch's Sequential gives it
local tensors = {
    {"stem.kernel", {3, 2, 3, 4}, "0.weight"}, {"stem.bias", {4}, "0.bias"},
    {"bn1.gamma", {4}, "1.weight"}, {"bn1.beta", {4}, "1.bias"}, {"bn1.moving_mean", {4}, "1.running_mean"}, {"bn1.moving_variance", {4}, "1.running_var"},
    {"conv2.kernel", {1, 1, 2, 6}, "2.weight"}, {"conv2.bias", {6}, "2.bias"},
    {"depthwise1.kernel", {3, 3, 6, 2}, "4.weight"}, {"depthwise1.bias", {12}, "4.bias"},
    {"prelu1.alpha", {12}, "5.weight"}, {"ln1.gamma", {12}, "6.weight"}, {"ln1.beta", {12}, "6.bias"},
    {"conv_transpose1.kernel", {2, 3, 5, 12}, "7.weight"}, {"conv_transpose1.bias", {5}, "7.bias"},
    {"dense1.kernel", {5 * 6 * 5, 7}, "9.weight"}, {"dense1.bias", {7}, "9.bias"}, {"dense2.kernel", {7, 3}, "11.weight"}, {"dense2.bias", {3}, "11.bias"},
}
local state = 7
local function random(n)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % n
end
local flat, at, shape_of = {}, 0, {}
for _, tensor in ipairs(tensors) do
    local count = 1
    for _, size in ipairs(tensor[2]) do count = count * size end
    tensor.at, tensor.count, shape_of[tensor[1]] = at, count, tensor[2]
    for i = at + 1, at + count do
        flat[i] = (random(1024) + (tensor[1]:find("variance") and 1024 or -512)) / 2048 -- exact in every format but BF16
    end
    at = at + count
end
local truth = tap.write_npy(build .. "/truth.npy", {#flat}, flat)

-- A file holds the truth when it becomes the same .npy.
local function holds(name, path, options, values)
    local _, err, status = command("weights %s --weights %s %s -o %s/back.npy", spec, path, options or "", build)
    local got = status == 0 and tap.read_npy(build .. "/back.npy") or {}
    local ok, reason = tap.same(got, values or flat, 0)
    return tap.report(ok, name, err .. tostring(reason))
end

-- What is written here is read here, the same bytes every time; an .npy holds them all.
for _, case in ipairs {"ours.safetensors cnngen", "torch.safetensors torch", "keras.safetensors keras", "ours.npz cnngen", "torch.npz torch", "keras.npz keras",
    "keras.weights.h5 keras", "ours.weights.h5 cnngen", "all.npy cnngen"} do
    local file, names = case:match("(%S+) (%S+)")
    local path = build .. "/" .. file
    local _, err = command("weights %s --weights %s -o %s --names %s", spec, truth, path, names)
    local first = tap.read(path)
    os.remove(path)
    command("weights %s --weights %s -o %s --names %s", spec, truth, path, names)
    tap.report(first and first == tap.read(path), file .. ": the same bytes again", err)
    if names ~= "torch" then
        holds(file .. " comes back", path)
    else
        holds(file .. " comes back by order", path, "--map order")
    end
end
tap.report(tap.read(build .. "/ours.weights.h5") == tap.read(build .. "/keras.weights.h5"), "HDF5 has Keras' names", "they differ")

-- Where PyTorch has value i of a tensor of ours, said once more: dims (.., in, out) to (out, in, ..).
local function torch_places(name, dims)
    local places, torch = {}, {}
    if #dims == 1 then
        for i = 1, dims[1] do places[i] = i end
        return places, dims
    end
    local out, into, spatial = dims[#dims], dims[#dims - 1], 1
    for i = 1, #dims - 2 do spatial = spatial * dims[i] end
    for s = 0, spatial - 1 do
        for i = 0, into - 1 do
            for o = 0, out - 1 do
                local place = (o * into + i) * spatial + s
                if name:find("^depthwise") then
                    place = (i * out + o) * spatial + s -- (channels * multiplier, 1, ..)
                elseif name == "dense1.kernel" then -- 6x5x5 was flattened channels first
                    local h, w, c = i // 25, i // 5 % 5, i % 5
                    place = o * into + (c * 6 + h) * 5 + w
                end
                places[#places + 1] = place + 1
            end
        end
    end
    torch = name:find("^depthwise") and {out * into, 1} or {out, into}
    for i = 1, #dims - 2 do torch[#torch + 1] = dims[i] end
    return places, torch
end

-- A safetensors file of { name, dtype, dims, values }.
local function safetensors(path, list)
    local header, data, size = {}, {}, 0
    for _, t in ipairs(list) do
        local bytes = {}
        for i, value in ipairs(t[4]) do
            if t[2] == "F32" or t[2] == "F64" then
                bytes[i] = string.pack(t[2] == "F32" and "<f" or "<d", value)
            elseif t[2] == "BF16" then
                bytes[i] = string.pack("<f", value):sub(3, 4)
            else -- F16: a sign, 5 bits of exponent, 10 of fraction
                local m, e = math.abs(value), 15
                while m ~= 0 and m < 1 and e > 1 do m, e = m * 2, e - 1 end
                while m >= 2 and m < 1 / 0 do m, e = m / 2, e + 1 end
                local half = m == 1 / 0 and 0x7c00 or m < 1 and m * 1024 // 1 or (e << 10) + (m - 1) * 1024 // 1
                bytes[i] = string.pack("<I2", half // 1 | 0 | (value < 0 and 0x8000 or 0))
            end
        end
        bytes = table.concat(bytes)
        header[#header + 1] = ('"%s":{"dtype":"%s","shape":[%s],"data_offsets":[%d,%d]}'):format(t[1], t[2], table.concat(t[3], ","), size, size + #bytes)
        size, data[#data + 1] = size + #bytes, bytes
    end
    header = "{" .. table.concat(header, ",") .. "}"
    return tap.write(path, string.pack("<I8", #header) .. header .. table.concat(data))
end

-- The truth with PyTorch's names, shapes and places.
local function torch_list(name_of, dtype)
    local list = {}
    for i, tensor in ipairs(tensors) do
        local places, dims = torch_places(tensor[1], tensor[2])
        local values = {}
        for k, place in ipairs(places) do values[place] = flat[tensor.at + k] end
        list[i] = {name_of(tensor), dtype or "F32", dims, values}
    end
    return list
end
local leaf = {kernel = "weight", gamma = "weight", alpha = "weight", beta = "bias", moving_mean = "running_mean", moving_variance = "running_var"}
local state_dict = safetensors(build .. "/state.safetensors", torch_list(function(t)
    local layer, name = t[1]:match("(.*)%.(.*)")
    return layer .. "." .. (leaf[name] or name)
end))
holds("PyTorch's order of axes, with our names of layers", state_dict)
local _, _, written = command("weights %s --weights %s -o %s/again.safetensors --names torch", spec, truth, build)
tap.report(written == 0 and tap.read(build .. "/again.safetensors"):sub(-4 * #flat) == tap.read(state_dict):sub(-4 * #flat), "--names torch writes the same values in the same places", "they differ")
local sequential = function(t) return t[3] end
holds("PyTorch's numbers by order", safetensors(build .. "/numbers.safetensors", torch_list(sequential)), "--map order")
-- as PyTorch's own safetensors has it: sorted by name, "11.weight" before "2.weight"
local sorted = torch_list(sequential)
table.sort(sorted, function(a, b) return a[1] < b[1] end)
holds("a file sorted by name: numbers in names count", safetensors(build .. "/sorted.safetensors", sorted), "--map order")
for _, dtype in ipairs {"F64", "F16"} do
    holds(dtype .. " by order", safetensors(build .. "/" .. dtype .. ".safetensors", torch_list(sequential, dtype)), "--map order")
end
local rounded = {}
for i, value in ipairs(flat) do rounded[i] = string.unpack("<f", "\0\0" .. string.pack("<f", value):sub(3, 4)) end
holds("BF16 by order", safetensors(build .. "/bf16.safetensors", torch_list(sequential, "BF16")), "--map order", rounded)

-- The ends of half precision, in a network of six values.
local six = tap.write(build .. "/six.lua", 'return model { input = "2", dense { 2 }, loss = "mse" }')
safetensors(build .. "/half.safetensors", {{"dense1.kernel", "F16", {2, 2}, {65504, -2 ^ -24, 2 ^ -14, 1 / 0}}, {"dense1.bias", "F16", {2}, {0, 1023 * 2 ^ -24}}})
command("weights %s --weights %s/half.safetensors -o %s/half.npy", six, build, build)
tap.report(table.concat(tap.read_npy(build .. "/half.npy"), " ") == table.concat({65504.0, -2 ^ -24, 2.0 ^ -14, 1 / 0, 0.0, 1023 * 2 ^ -24}, " "),
    "F16: the largest, the smallest, infinity", table.concat(tap.read_npy(build .. "/half.npy"), " "))

-- Keras counts the layers of the whole program.
local function keras_file(path, names)
    local list = {}
    for i, tensor in ipairs(tensors) do
        local layer, name = tensor[1]:match("(.*)%.(.*)")
        list[i] = {names[layer] .. "." .. name, "F32", name == "alpha" and {1, 1, 12} or tensor[2], {table.unpack(flat, tensor.at + 1, tensor.at + tensor.count)}}
    end
    return safetensors(path, list)
end
holds("names of a second network in one program of Keras", keras_file(build .. "/second.safetensors", {stem = "conv2d_9", conv2 = "conv2d_10", bn1 = "batch_normalization_4",
    depthwise1 = "depthwise_conv2d_1", prelu1 = "p_re_lu", ln1 = "layer_normalization", conv_transpose1 = "conv2d_transpose_3", dense1 = "dense_2", dense2 = "dense_11"}))

-- Maps: lines for layers and for tensors, and what is printed is one.
local lines = "# theirs = ours\n0 = stem\n1=bn1\n\n  2 = conv2\r\n4.weight = depthwise1.kernel\n4.bias = depthwise1.bias\n5 = prelu1\n6 = ln1\n7 = conv_transpose1\n9 = dense1\n11 = dense2"
local numbers = build .. "/numbers.safetensors"
local function map(text)
    return "--map " .. tap.write(build .. "/map.txt", text)
end
holds("a map of layers and tensors", numbers, map(lines))
local found = command("weights %s --weights %s --map order", spec, numbers)
tap.report(found:find("^0%.weight = stem%.kernel\n0%.bias = stem%.bias\n1%.weight = bn1%.gamma\n") and select(2, found:gsub("\n", "")) == #tensors, "weights without -o prints a map", found)
holds("what is printed is a map", numbers, map(found))
local extra = torch_list(sequential)
extra[#extra + 1] = {"head.weight", "F32", {2}, {1, 2}}
safetensors(build .. "/extra.safetensors", extra)
holds("a map leaves out what has nothing behind its =", build .. "/extra.safetensors", map(lines .. "\nhead ="))

local function refused(name, format, status, message, ...)
    local _, err, s = command(format, ...)
    return tap.report(s == status and err:find(message, 1, true) and not err:find("HDF5-DIAG", 1, true), name, ("status %s: %s"):format(s, err))
end
local with_map = "weights " .. spec .. " --weights " .. numbers .. " "
refused("a surplus tensor by order", "weights %s --weights %s/extra.safetensors --map order", 1, "surplus tensor head.weight (2)", spec, build)
refused("a map with a line that is none", with_map .. map(lines .. "\nhello\n"), 1, "map.txt:13:1: error: is not a line `theirs = ours`")
refused("a map names no layer of the file", with_map .. map("99 = stem"), 1, "map.txt:1:1: error: the weights have no tensor or layer 99")
refused("a map names no layer of the network", with_map .. map("0 = stern"), 1, "the network has no layer or tensor stern")
refused("a map gives one tensor two places", with_map .. map("0.weight = stem.kernel\n0.weight = conv2.kernel"), 1, "tensor 0.weight is named twice")
refused("a map gives a place two tensors", with_map .. map("0.weight = stem.kernel\n2.weight = stem.kernel"), 1, "stem.kernel has a tensor already")
refused("a map gives a tensor a whole layer", with_map .. map("0 = stem.kernel"), 1, "0 is a layer of 2 tensors, stem.kernel is one")
refused("a map with a wrong shape", with_map .. map(lines:gsub("0 = stem", "2 = stem"):gsub("  2 = conv2", "0 = conv2")), 1, "tensor 2.weight is 6x2x1x1, the network needs")
refused("no such map", with_map .. "--map nowhere.txt", 1, "nowhere.txt")
refused("names that differ: a hint", "weights %s --weights %s", 1, "--map order takes layers", spec, numbers)
refused("--map without weights", "%s --map order -o %s/x.c", 2, "--map", spec, build)
refused("--map with .npy", "weights %s --weights %s --map order", 2, "not for .npy", spec, truth)
refused("a format that is not written", "weights %s --weights %s -o %s/x.pt", 2, ".safetensors, .npz, .npy or .weights.h5", spec, truth, build)
refused("--names torch as HDF5", "weights %s --weights %s -o %s/x.weights.h5 --names torch", 2, "--names torch goes with", spec, truth, build)
refused("--names of nobody", "weights %s --weights %s -o %s/x.npz --names pytorch", 2, "did you mean 'torch'?", spec, truth, build)
refused("weights without --weights", "weights %s", 2, "needs --weights", spec)
refused("an .npy of the wrong size", "weights %s --weights %s", 1, "holds all 6 values", six, truth)
refused("a safetensors file that lacks its last byte", "weights %s --weights %s", 1, "truncated", spec, tap.write(build .. "/short.safetensors", tap.read(numbers):sub(1, -2)))
local odd = '{"d.kernel":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}'
refused("a safetensors tensor of more bytes than its shape needs", "weights %s --weights %s", 1, "tensor d.kernel: 2 of F32 does not fill 12 bytes", spec, tap.write(build .. "/odd.safetensors", string.pack("<I8", #odd) .. odd .. ("\0"):rep(12)))
refused("an .npy with bytes behind its values", "weights %s --weights %s", 1, "do not fill the", spec, tap.write(build .. "/behind.npy", tap.read(truth) .. "\0\0\0\0"))
refused("a pickle", "weights %s --weights %s", 1, "is a Python pickle", spec, tap.write(build .. "/state.pt", "\x80\2\x8a\10l\xfc\x9cF\xf9 j\xa8P\x19.\x80\2M\xe9\3." .. ("x"):rep(40)))

-- The commands that take weights take these, too; train writes them.
command("weights %s --weights %s -o %s/keras.npz --names keras", spec, truth, build)
local image = {}
for i = 1, 2 * 90 do image[i] = random(1000) / 1000 end
tap.write_npy(build .. "/x.npy", {2, 6, 5, 3}, image)
local expected = command("run %s --weights %s --input %s/x.npy --quiet", spec, truth, build)
for _, file in ipairs {"keras.weights.h5", "keras.npz", "numbers.safetensors --map order"} do
    local got, err = command("run %s --weights %s/%s --input %s/x.npy --quiet", spec, build, file, build)
    tap.report(got == expected and #got > 20, "run with " .. file, err .. got)
end
local _, trained_err, trained = command("train specs/shapes.lua --data shapes --epochs 1 --quiet -o %s/shapes.weights.h5", build)
local accuracy = command("eval specs/shapes.lua --data shapes --quiet --weights %s/shapes.weights.h5", build)
tap.report(trained == 0 and accuracy:find("accuracy"), "train writes HDF5, eval reads it", trained_err .. accuracy)

-- Python, where it has the libraries: files made there and read here, and the other way round.
local python = os.getenv("CNNGEN_PYTHON") or tap.read(build .. "/../bench-venv/bin/python") and build .. "/../bench-venv/bin/python" or "python3"
for _, case in ipairs {{"numpy", "numpy"}, {"torch", "numpy, torch"}, {"keras", "numpy, h5py, keras"}} do
    local _, _, there = tap.run(("KERAS_BACKEND=${KERAS_BACKEND:-torch} %s -c 'import %s'"):format(python, case[2]))
    if there ~= 0 then
        print(("ok - Python and %s # SKIP %s has no %s"):format(case[1], python, case[2]))
    else
        local out, err = tap.run(("KERAS_BACKEND=${KERAS_BACKEND:-torch} %s tests/weight_formats/%s_files.py %s %s %s"):format(python, case[1], cnngen, spec, build))
        for line in out:gmatch("[^\n]+") do print(line) end
        tap.failures = tap.failures + select(2, out:gsub("not ok", ""))
        tap.report(out:find("# done"), case[1] .. ": the Python came to its end", out:sub(-300) .. err:sub(-600))
    end
end
tap.finish()
