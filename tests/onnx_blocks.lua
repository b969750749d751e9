-- onnx_blocks.lua - blocks inside blocks, and pixels from channels in the middle of a model: what the spec says, and what it computes.
return function(tap, cnngen, build)
    local write = dofile("tests/onnx_write.lua")
    local seed = 7
    local function random()
        seed = (seed * 1103515245 + 12345) % 2147483648
        return (seed >> 8) % 2001 / 1000 - 1
    end
    local tensors
    -- A convolution with weights of its own; `k` 3 keeps the size.
    local function conv(x, y, from, to, k)
        k = k or 3
        local w, b = {}, {}
        for i = 1, to * from * k * k do w[i] = random() / math.sqrt(from * k * k) end
        for i = 1, to do b[i] = random() end
        tensors[y .. "_w"] = {dims = {to, from, k, k}, values = w}
        tensors[y .. "_b"] = {dims = {to}, values = b}
        return {"Conv", {x, y .. "_w", y .. "_b"}, y, {kernel_shape = {k, k}, pads = {k // 2, k // 2, k // 2, k // 2}}}
    end
    local function relu(x, y) return {"Relu", {x}, y} end
    local function number(name, value)
        tensors[name] = {dims = {}, values = {value}}
    end
    local C, H, W = 3, 6, 4

    local models = {
        {name = "a residual inside a concat", wanted = {"concat {\n.*residual {"}, nodes = function() return {
            conv("x", "a", C, 4), relu("a", "b"), conv("b", "c", 4, 4), relu("c", "d"), conv("d", "e", 4, 4), {"Add", {"e", "b"}, "f"}, relu("f", "g"),
            conv("b", "h", 4, 5, 1), {"Concat", {"g", "h"}, "i", {axis = 1}}, conv("i", "y", 9, 2)} end},
        {name = "a concat inside a residual", wanted = {"residual {\n.*concat {"}, nodes = function() return {
            conv("x", "a", C, 4), conv("a", "b", 4, 2), relu("b", "c"), conv("a", "d", 4, 2, 1), {"Concat", {"c", "d"}, "e", {axis = 1}}, conv("e", "f", 4, 4),
            {"Add", {"f", "a"}, "g"}, relu("g", "y")} end},
        {name = "a gate inside a residual inside a residual", wanted = {"residual {\n.*residual {\n.*mul {"}, nodes = function() return {
            conv("x", "a", C, 4), conv("a", "b", 4, 4), conv("b", "c", 4, 4), {"GlobalAveragePool", {"c"}, "d"}, conv("d", "e", 4, 4, 1), {"Sigmoid", {"e"}, "f"},
            {"Mul", {"c", "f"}, "g"}, {"Add", {"g", "b"}, "h"}, relu("h", "i"), conv("i", "j", 4, 4), {"Add", {"j", "a"}, "k"}, relu("k", "l"), conv("l", "y", 4, 2)} end},
        {name = "a shortcut with a convolution, in a branch of a sum", wanted = {"shortcut = {", "add {"}, nodes = function() return {
            conv("x", "a", C, 4), conv("a", "b", 4, 5), relu("b", "c"), conv("c", "d", 5, 5), conv("a", "e", 4, 5, 1), {"Add", {"d", "e"}, "f"}, relu("f", "g"), conv("g", "h", 5, 4),
            conv("a", "i", 4, 4), relu("i", "j"), conv("j", "k", 4, 4), relu("k", "l"), {"Add", {"h", "l"}, "y"}} end},
        {name = "concats of concats, as in a DenseNet", wanted = {"concat {\n.*concat {"}, nodes = function() return {
            conv("x", "a", C, 3), conv("a", "b", 3, 2), {"Concat", {"a", "b"}, "c", {axis = 1}}, conv("c", "d", 5, 2), {"Concat", {"a", "b", "d"}, "e", {axis = 1}},
            conv("e", "f", 7, 2), {"Concat", {"e", "f"}, "g", {axis = 1}}, conv("g", "y", 9, 2)} end},
        {name = "crossed branches", wanted = {'"conv3"', 'mul {\n *"conv2",'}, nodes = function() return {
            conv("x", "a", C, 3), conv("a", "b", 3, 3), conv("a", "c", 3, 3), {"Add", {"b", "c"}, "d"}, {"Mul", {"b", "c"}, "e"}, conv("d", "f", 3, 3), {"Concat", {"f", "e", "c"}, "g", {axis = 1}},
            conv("g", "y", 9, 2)} end},
        {name = "DepthToSpace in the middle", wanted = {"depth_to_space { 2 }"}, nodes = function() return {
            conv("x", "a", C, 8), relu("a", "b"), {"DepthToSpace", {"b"}, "c", {blocksize = 2}}, conv("c", "d", 2, 4), {"MaxPool", {"d"}, "e", {kernel_shape = {2, 2}, strides = {2, 2}}},
            conv("e", "y", 4, 2)} end},
        {name = "PixelShuffle in the middle, its order in the filters before", wanted = {"conv2d { 12, kernel = 3, padding = 1 },\n  depth_to_space { 2 }"}, nodes = function() return {
            conv("x", "a", C, 12), {"DepthToSpace", {"a"}, "b", {blocksize = 2, mode = "CRD"}}, conv("b", "c", 3, 4), relu("c", "y")} end},
        {name = "PixelShuffle behind an activation, in a residual", wanted = {"kernel = 1, bias = false },\n.*depth_to_space", "residual {"}, nodes = function() return {
            conv("x", "a", C, 2), conv("a", "b", 2, 8), relu("b", "c"), {"DepthToSpace", {"c"}, "d", {blocksize = 2, mode = "CRD"}}, {"MaxPool", {"d"}, "e", {kernel_shape = {2, 2}, strides = {2, 2}}},
            {"Add", {"e", "a"}, "f"}, conv("f", "y", 2, 2)} end},
        {name = "as in ConvNeXt: a norm of the channels between two Transposes", wanted = {"residual {\n.*layer_norm {", "layer_norm { epsilon = 0.001, center = false }"}, nodes = function()
            tensors.scale = {dims = {5}, values = {1, -0.5, 2, 0.25, 1.5}}
            tensors.bias = {dims = {5}, values = {0.5, 1, 0, -1, 0.25}}
            return {conv("x", "a", C, 5), conv("a", "b", 5, 5), {"Transpose", {"b"}, "c", {perm = {0, 2, 3, 1}}}, {"LayerNormalization", {"c", "scale", "bias"}, "d", {axis = -1, epsilon = 0.01}},
                {"Transpose", {"d"}, "e", {perm = {0, 3, 1, 2}}}, conv("e", "f", 5, 8, 1), relu("f", "g"), conv("g", "h", 8, 5, 1), {"Add", {"h", "a"}, "i"},
                {"Transpose", {"i"}, "j", {perm = {0, 2, 3, 1}}}, {"LayerNormalization", {"j", "scale"}, "k", {axis = 3, epsilon = 0.001}}, {"Transpose", {"k"}, "l", {perm = {0, 3, 1, 2}}}, conv("l", "y", 5, 2)} end},
        {name = "gelu in pieces, the half behind", wanted = {"gelu {}", "residual {"}, nodes = function()
            number("root", math.sqrt(2)) number("one", 1) number("half", 0.5)
            return {conv("x", "a", C, 4), conv("a", "b", 4, 4), {"Div", {"b", "root"}, "c"}, {"Erf", {"c"}, "d"}, {"Add", {"d", "one"}, "e"}, {"Mul", {"b", "e"}, "f"}, {"Mul", {"f", "half"}, "g"},
                {"Add", {"g", "a"}, "h"}, conv("h", "y", 4, 2)} end},
        {name = "gelu in pieces, the half in front, and no half", wanted = {"gelu {}.*gelu {}", "batch_norm {"}, nodes = function()
            number("root", math.sqrt(0.5)) number("one", 1) number("half", 0.5)
            return {conv("x", "a", C, 4), {"Mul", {"a", "half"}, "b"}, {"Mul", {"a", "root"}, "c"}, {"Erf", {"c"}, "d"}, {"Add", {"d", "one"}, "e"}, {"Mul", {"b", "e"}, "f"},
                conv("f", "g", 4, 3), {"Mul", {"g", "root"}, "h"}, {"Erf", {"h"}, "i"}, {"Add", {"i", "one"}, "j"}, {"Mul", {"j", "g"}, "k"}, relu("k", "y")} end},
        {name = "SpaceToDepth and back", wanted = {"space_to_depth { 2 }", "depth_to_space { 2 }"}, nodes = function() return {
            conv("x", "a", C, 2), {"SpaceToDepth", {"a"}, "b", {blocksize = 2}}, conv("b", "c", 8, 8), relu("c", "d"), {"DepthToSpace", {"d"}, "e", {blocksize = 2}}, {"Add", {"e", "a"}, "f"}, conv("f", "y", 2, 2)} end},
    }
    local worst = 0
    for n, model in ipairs(models) do
        tensors = {}
        local nodes, path = model.nodes(), ("%s/blocks%d"):format(build, n)
        local x = {c = C, h = H, w = W, v = {}}
        for i = 1, C * H * W do x.v[i] = random() end
        tap.write(path .. ".onnx", write.model(nodes, tensors, {1, C, H, W}))
        tap.write_npy(path .. ".x.npy", {1, C, H, W}, x.v)
        local _, err, status = tap.run(("%s import %s.onnx --input-layout chw -o %s.lua"):format(cnngen, path, path))
        local spec, missing = tap.read(path .. ".lua") or "", err
        for _, part in ipairs(model.wanted) do
            missing = missing .. (spec:find(part) and "" or "no " .. part .. " in\n" .. spec)
        end
        tap.report(status == 0 and missing == "", model.name .. ": the spec", missing)
        local _, e, s = tap.run(("CFLAGS=-O0 %s run %s.lua --weights %s.safetensors --input %s.x.npy -o %s.y.npy --quiet"):format(cnngen, path, path, path, path))
        local y, got = write.compute(nodes, tensors, x), s == 0 and tap.read_npy(path .. ".y.npy") or {}
        local difference = #got == #y.v and 0 or math.huge
        for k = 0, #got == #y.v and y.c - 1 or -1 do
            for p = 0, y.h * y.w - 1 do
                difference = math.max(difference, math.abs(got[p * y.c + k + 1] - y.v[k * y.h * y.w + p + 1]))
            end
        end
        worst = math.max(worst, difference)
        tap.report(difference <= 1e-5, model.name .. ": the outputs", e .. difference)
    end

    -- Everything that no layer says, at once, each with its node, its operator and what to do.
    local list = {{"QuantizeLinear", "a quantised operator; export the model in float32"}, {"DequantizeLinear", "a quantised operator"}, {"QLinearConv", "a quantised operator"},
        {"LRN", "train with BatchNormalization"}, {"LSTM", "recurrent networks have no layers here"}, {"LpPool", "use AveragePool or MaxPool"}, {"TopK", "export the model without it, or cut it off there"},
        {"MaxPool", "a pool with dilation; cnngen has none: use a stride", {kernel_shape = {2, 2}, dilations = {2, 2}}}, {"Pad", 'mode "wrap"; cnngen has constant, reflect and edge', {mode = "wrap", pads = {0, 0, 1, 1, 0, 0, 1, 1}}},
        {"Erf", "but as a part of gelu; export gelu as one operator"}, {"Resize", "its scales are not 4 numbers in the file"}, {"GroupNormalization", "3 channels do not make 2 groups", {num_groups = 2}}}
    local nodes, wrong, path = {}, "", build .. "/unsupported"
    for i, item in ipairs(list) do
        nodes[i] = {item[1], {"x"}, "y" .. i, item[3]}
    end
    tap.write(path .. ".onnx", write.model(nodes, {}, {1, 3, 8, 8}))
    local _, err, status = tap.run(("%s import %s.onnx -o %s.lua"):format(cnngen, path, path))
    for i, item in ipairs(list) do
        local line = ("%s.onnx: error: n%d (%s): "):format(path, i, item[1])
        local from, to = err:find(line, 1, true)
        wrong = wrong .. (from and err:sub(to + 1, (err:find("\n", to, true))):find(item[2], 1, true) and "" or line .. item[2] .. "\n")
    end
    tap.report(status == 1 and wrong == "" and select(2, err:gsub("error: ", "")) == #list and not tap.read(path .. ".lua"), #list .. " operators that no layer says, in one run", "missing: " .. wrong .. err)
    print(("# %d models of blocks in blocks, cases with the largest difference %.2g"):format(#models, worst))
end
