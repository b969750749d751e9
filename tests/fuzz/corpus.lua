-- corpus.lua - what the fuzzers start from: the project's own specs and templates, files that cnngen writes, and small ones made here.
-- usage: lua5.4 tests/fuzz/corpus.lua OUT_DIR CNNGEN
local tap = dofile("tests/tap.lua")
local wire = dofile("tests/onnx_file.lua")
local network = dofile("tests/fuzz/network.lua")
local out, cnngen = arg[1], arg[2]

os.execute(("rm -rf '%s' && mkdir -p '%s'"):format(out, out))
local counts = {}
local function add(target, data)
    if not counts[target] then
        os.execute(("mkdir -p '%s/%s'"):format(out, target))
    end
    counts[target] = (counts[target] or 0) + 1
    tap.write(("%s/%s/seed%03d"):format(out, target, counts[target]), data)
end

local function files(pattern)
    return (tap.run("ls " .. pattern)):gmatch("[^\n]+")
end

-- Specs: all that are here, and random networks.
for _, pattern in ipairs {"specs/*.lua", "tests/golden/*.lua"} do
    for path in files(pattern) do
        local text = tap.read(path)
        local slow = text:find("while true", 1, true) or text:find("1e%d") or text:find("for i = 1, %d%d%d%d") or text:find("%d00000") or text:find("f()", 1, true)
        if #text < 3000 and not slow then
            add("spec", text)
        end
    end
end
for seed = 1, 60 do
    add("spec", "return model { " .. network.text(network.make(seed)) .. " }\n")
end
for path in files("templates/*.t") do
    add("template", tap.read(path))
end
for path in files("compiler/layers/*.c") do
    for formula in tap.read(path):gmatch('"([^"\n]*%([^"\n]*)"') do
        if not formula:find("%", 1, true) then
            add("notation", formula)
        end
    end
end
for _, text in ipairs {"28x28x1", "3 x 3", "7", "0x1", "2147483647x1", "1x2x3x4", "floor((in + 2*3 - 1) / stride) + 1", "max(in, -4) - ceil(huge / 3)"} do
    add("notation", text)
end

-- Weights of the network in targets.c in every format.
local spec = tap.write(out .. "/net.lua", tap.read("tests/fuzz/targets.c"):match('text%[%] =(.-);'):gsub('"%s*"', ""):gsub('^%s*"', ""):gsub('"%s*$', "") .. "\n")
local count = tonumber((tap.run(cnngen .. " summary --json " .. spec)):match('"params": (%d+)'))
local values = {}
for k = 1, count do
    values[k] = k / 64
end
tap.write_npy(out .. "/flat.npy", {count}, values)
for _, format in ipairs {"safetensors", "npz", "npy", "weights.h5"} do
    for _, names in ipairs {"cnngen", "torch", "keras"} do
        local path = ("%s/w_%s.%s"):format(out, names, format)
        local _, _, status = tap.run(("%s weights %s --weights %s/flat.npy -o %s --names %s"):format(cnngen, spec, out, path, names))
        if status == 0 then
            add(format == "weights.h5" and "hdf5" or "weights", tap.read(path))
            if format == "npy" then
                add("npy", tap.read(path))
            end
        end
    end
end
local map = tap.run(("%s weights %s --weights %s/w_cnngen.safetensors"):format(cnngen, spec, out))
add("map", map)
add("map", "# of another\nstem = stem\n bn1.gamma = bn1.gamma\nprelu1 =\n")
add("map", "stem.kernel = stem.bias\n\n= =\n")

-- Arrays of every type.
local function npy(kind, order, shape, data)
    local text = ("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }"):format(kind, order, shape)
    return "\x93NUMPY\x01\x00" .. string.pack("<I2", #text + 1) .. text .. "\n" .. data
end
for _, kind in ipairs {{"<f4", 4}, {"<f8", 8}, {"<f2", 2}, {"|u1", 1}, {"|i1", 1}, {"<i4", 4}, {"<i8", 8}} do
    local x, y = npy(kind[1], "False", "3, 2, 2, 1", ("\1"):rep(12 * kind[2])), npy(kind[1], "True", "3, 1", ("\0"):rep(3 * kind[2]))
    add("npy", x)
    add("npy", y)
    add("arrays", string.pack("<I3", #x) .. x .. y)
end
add("npy", "\x93NUMPY\x02\x00" .. npy("<f4", "True", "2, 3", ("\0\0\0\63"):rep(6)):sub(9))

-- Data sets.
local images = string.pack(">I4I4I4I4", 0x803, 2, 4, 3) .. ("\7\200"):rep(12)
local labels = string.pack(">I4I4", 0x801, 2) .. "\3\9"
add("idx", string.pack("<I3", #images) .. images .. labels)
tap.write(out .. "/images", images)
tap.run(("gzip -nc %s/images > %s/images.gz"):format(out, out))
local packed = tap.read(out .. "/images.gz") or ""
if #packed > 0 then
    add("idx", string.pack("<I3", #packed) .. packed .. labels)
end
add("cifar", "\4" .. ("\1\2\3"):rep(1024))
add("cifar", ("\9" .. ("\255"):rep(3072)):rep(2))

-- Pictures, as cnngen writes them and by hand.
tap.write(out .. "/blur.lua", "return model { input = '5x7x1', conv2d { 2, kernel = 3, init = 1 } }\n")
tap.write_npy(out .. "/x.npy", {5, 7, 1}, table.move(values, 1, 35, 1, {}))
tap.run(("%s run %s/blur.lua --input %s/x.npy -o %s/y.png"):format(cnngen, out, out, out))
add("picture", tap.read(out .. "/y.png") or "\x89PNG\r\n\26\n")
add("picture", "P5\n# a comment\n3 2\n255\nabcdef")
add("picture", "P6 2 1 65535\n" .. ("\1\2"):rep(6))
add("picture", "P2\n2 2\n7\n0 1 2 7\n")

-- What the process that reads HDF5 sends.
local function text(s)
    return string.pack("<s8", s)
end
local head = "T" .. text("layers/conv2d/vars/0") .. text("stem") .. text("0") .. text("conv2d") .. text("F32")
add("records", head .. string.pack("<i8i8i8i8", 2, 1, 2, 8) .. ("\0"):rep(8) .. ".")
add("records", "E" .. text("tensor x: it is empty") .. ".")
add("records", "T" .. text("step") .. text("") .. text("step") .. text("") .. text("whole numbers") .. string.pack("<i8i8", 0, 0) .. ".")

-- ONNX models: a field of a number, a node, a tensor, a value with its shape.
local function varint(n)
    local bytes = ""
    repeat
        bytes = bytes .. string.char(n & 127 | (n > 127 and 128 or 0))
        n = n >> 7
    until n == 0
    return bytes
end
local function number(field, n)
    return varint(field << 3) .. varint(n)
end
local function attribute(name, value)
    if type(value) == "table" then
        local list = ""
        for _, n in ipairs(value) do
            list = list .. number(8, n)
        end
        return wire.field(5, wire.field(1, name) .. list .. number(20, 7))
    end
    return wire.field(5, wire.field(1, name) .. number(3, value) .. number(20, 2))
end
local function node(kind, inputs, output, attributes)
    local parts = ""
    for _, input in ipairs(inputs) do
        parts = parts .. wire.field(1, input)
    end
    return wire.field(1, parts .. wire.field(2, output) .. wire.field(3, output) .. wire.field(4, kind) .. (attributes or ""))
end
local function tensor(name, dims, kind, list)
    local parts, size = "", 1
    for _, d in ipairs(dims) do
        parts, size = parts .. number(1, d), size * d
    end
    local data = ""
    for k = 1, size do
        data = data .. (kind == 7 and string.pack("<i8", list and list[k] or k == 1 and -1 or 8) or string.pack("<f", list and list[k] or k / 8))
    end
    return wire.field(5, parts .. number(2, kind or 1) .. wire.field(8, name) .. wire.field(9, data))
end
local function value(field, name, dims)
    local shape = ""
    for _, d in ipairs(dims) do
        shape = shape .. wire.field(1, number(1, d))
    end
    return wire.field(field, wire.field(1, name) .. wire.field(2, wire.field(1, number(1, 1) .. wire.field(2, shape))))
end
local function model(nodes, tensors, x, y, dims, opset)
    return number(1, 8) .. wire.field(8, wire.field(1, "") .. number(2, opset or 13)) ..
        wire.field(7, nodes .. wire.field(2, "g") .. tensors .. value(11, x, dims) .. value(12, y, {1, 2}))
end
local conv = attribute("kernel_shape", {3, 3}) .. attribute("pads", {1, 1, 1, 1}) .. attribute("strides", {1, 1})
add("onnx", model(node("Conv", {"x", "w", "b"}, "c", conv) .. node("Relu", {"c"}, "r") .. node("MaxPool", {"r"}, "p", attribute("kernel_shape", {2, 2}) .. attribute("strides", {2, 2})) ..
    node("Flatten", {"p"}, "f") .. node("Gemm", {"f", "v"}, "g") .. node("Softmax", {"g"}, "y"), tensor("w", {2, 1, 3, 3}) .. tensor("b", {2}) .. tensor("v", {8, 2}), "x", "y", {1, 1, 4, 4}))
add("onnx", model(node("Conv", {"x", "w"}, "c", attribute("group", 2) .. attribute("dilations", {2, 2})) .. node("BatchNormalization", {"c", "s", "s", "s", "s"}, "n") ..
    node("Add", {"n", "n"}, "a") .. node("GlobalAveragePool", {"a"}, "p") .. node("Sigmoid", {"p"}, "y"), tensor("w", {2, 1, 2, 2}) .. tensor("s", {2}), "x", "y", {1, 2, 5, 5}))
add("onnx", model(node("ConvTranspose", {"x", "w"}, "c", attribute("strides", {2, 2})) .. node("Clip", {"c"}, "r") .. node("Concat", {"r", "c"}, "k", attribute("axis", 1)) ..
    node("Transpose", {"k"}, "t", attribute("perm", {0, 2, 3, 1})) .. node("Reshape", {"t", "shape"}, "y"), tensor("w", {1, 2, 2, 2}) .. tensor("shape", {1}, 7), "x", "y", {1, 1, 3, 3}))
add("onnx", model(node("MatMul", {"x", "w"}, "m") .. node("Add", {"m", "b"}, "a") .. node("Tanh", {"a"}, "t") .. node("Mul", {"t", "a"}, "q") .. node("Unsqueeze", {"q"}, "u", attribute("axes", {2})) ..
    node("Squeeze", {"u"}, "y", attribute("axes", {2})), tensor("w", {5, 3}) .. tensor("b", {3}), "x", "y", {1, 5}, 11))
add("onnx", model(node("Pad", {"x", "p"}, "a") .. node("AveragePool", {"a"}, "b", attribute("kernel_shape", {2, 2}) .. attribute("count_include_pad", 1)) .. node("Resize", {"b", "", "s"}, "c") ..
    node("DepthToSpace", {"c"}, "d", attribute("blocksize", 2)) .. node("PRelu", {"d", "l"}, "e") .. node("ReduceMean", {"e"}, "y", attribute("axes", {2, 3})),
    tensor("p", {8}, 7) .. tensor("s", {4}) .. tensor("l", {1, 1, 1}), "x", "y", {1, 4, 4, 4}))

-- One operator after another on an image.
local function chain(kinds)
    local nodes, x = "", "x"
    for k, kind in ipairs(kinds) do
        local y = k == #kinds and "y" or "v" .. k
        local name, inputs, attributes = kind[1], {x}, kind[2] or ""
        for n = 3, #kind do
            inputs[#inputs + 1] = kind[n]
        end
        nodes, x = nodes .. node(name, inputs, y, attributes), y
    end
    return model(nodes, tensor("pads", {8}, 7, {0, 0, 1, 2, 0, 0, 0, 1}) .. tensor("scales", {4}, 1, {1, 1, 2, 2}) .. tensor("slope", {4, 1, 1}) .. tensor("low", {}, 1, {0}) .. tensor("high", {}, 1, {6}) ..
        tensor("starts", {2}, 7, {1, 0}) .. tensor("ends", {2}, 7, {4, 3}) .. tensor("axes", {2}, 7, {2, 3}) .. tensor("c", {1, 4, 1, 1}) .. tensor("half", {}, 1, {0.5}), "x", "y", {1, 4, 4, 4})
end
for _, kinds in ipairs {
    {{"Relu"}, {"LeakyRelu"}, {"Elu"}, {"Sigmoid"}, {"Tanh"}, {"Softplus"}, {"HardSigmoid"}, {"HardSwish"}, {"Identity"}, {"Dropout"}}, {{"Clip", "", "low", "high"}, {"PRelu", "", "slope"}, {"Mul", "", "c"}, {"Add", "", "c"}},
    {{"Div", "", "half"}, {"Sub", "", "c"}, {"Softmax", attribute("axis", 1)}}, {{"Pad", "", "pads"}, {"Slice", "", "starts", "ends", "axes"}}, {{"Resize", "", "", "scales"}}, {{"Upsample", "", "scales"}},
    {{"DepthToSpace", attribute("blocksize", 2)}, {"SpaceToDepth", attribute("blocksize", 2)}}, {{"GlobalMaxPool"}, {"Flatten"}}, {{"ReduceMean", attribute("axes", {2, 3}) .. attribute("keepdims", 0)}},
    {{"ReduceMax", attribute("axes", {2, 3})}}, {{"Transpose", attribute("perm", {0, 2, 3, 1})}, {"Softmax", attribute("axis", 3)}}, {{"AveragePool", attribute("kernel_shape", {2, 2}) .. attribute("count_include_pad", 1) .. attribute("pads", {0, 1, 0, 1})}},
    {{"Exp"}, {"Log"}, {"Sqrt"}}, {{"LayerNormalization", "", "c", "c"}}, {{"LogSoftmax"}},
} do
    add("onnx", chain(kinds))
end

local names = {}
for target in pairs(counts) do
    names[#names + 1] = target .. " " .. counts[target]
end
table.sort(names)
print("# seeds: " .. table.concat(names, ", "))
