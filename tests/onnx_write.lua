-- onnx_write.lua - small ONNX models, written field by field, and what they compute: plain loops, channels first.
local wire = dofile("tests/onnx_file.lua")
local write = {}

local function integer(number, value)
    return wire.varint(number << 3) .. wire.varint(value)
end

local function attribute(name, value)
    local body = wire.field(1, name)
    if type(value) == "table" then
        local list = {}
        for i, n in ipairs(value) do
            list[i] = integer(8, n)
        end
        body = body .. table.concat(list) .. integer(20, 7)
    elseif type(value) == "string" then
        body = body .. wire.field(4, value) .. integer(20, 3)
    elseif math.type(value) == "float" then
        body = body .. wire.varint(2 << 3 | 5) .. string.pack("<f", value) .. integer(20, 1)
    else
        body = body .. integer(3, value) .. integer(20, 2)
    end
    return wire.field(5, body)
end

local function tensor(name, t)
    local dims = {}
    for i, n in ipairs(t.dims) do
        dims[i] = integer(1, n)
    end
    local kind, format = t.whole and 7 or 1, t.whole and "<i8" or "<f"
    local raw = {}
    for i, v in ipairs(t.values) do
        raw[i] = string.pack(format, v)
    end
    return table.concat(dims) .. integer(2, kind) .. wire.field(8, name) .. wire.field(9, table.concat(raw))
end

local function value_info(name, dims)
    local list = {}
    for i, n in ipairs(dims) do
        list[i] = wire.field(1, integer(1, n))
    end
    return wire.field(1, name) .. wire.field(2, wire.field(1, integer(1, 1) .. wire.field(2, table.concat(list))))
end

-- nodes: {"Conv", {"x", "w"}, "y", {strides = {2, 2}}}, in order; tensors: {w = {dims = {...}, values = {...}, whole = true for int64}}.
function write.model(nodes, tensors, input_dims, opset)
    local graph = {}
    for i, node in ipairs(nodes) do
        local body = {}
        for _, name in ipairs(node[2]) do
            body[#body + 1] = wire.field(1, name)
        end
        body[#body + 1] = wire.field(2, node[3]) .. wire.field(3, "n" .. i) .. wire.field(4, node[1])
        local names = {}
        for name in pairs(node[4] or {}) do names[#names + 1] = name end
        table.sort(names)
        for _, name in ipairs(names) do
            body[#body + 1] = attribute(name, node[4][name])
        end
        graph[#graph + 1] = wire.field(1, table.concat(body))
    end
    local names = {}
    for name in pairs(tensors) do names[#names + 1] = name end
    table.sort(names)
    graph[#graph + 1] = wire.field(2, "test")
    for _, name in ipairs(names) do
        graph[#graph + 1] = wire.field(5, tensor(name, tensors[name]))
    end
    graph[#graph + 1] = wire.field(11, value_info("x", input_dims)) .. wire.field(12, value_info(nodes[#nodes][3], {1}))
    return integer(1, 8) .. wire.field(8, wire.field(1, "") .. integer(2, opset or 17)) .. wire.field(7, table.concat(graph))
end

-- What the operators do to {c, h, w, values}; value (k, i, j) stands at (k*h + i)*w + j + 1.
local function image(c, h, w, f)
    local v = {}
    for k = 0, c - 1 do
        for i = 0, h - 1 do
            for j = 0, w - 1 do
                v[#v + 1] = f(k, i, j)
            end
        end
    end
    return {c = c, h = h, w = w, v = v}
end
local function at(x, k, i, j)
    return x.v[(k * x.h + i) * x.w + j + 1]
end
local function map(x, f)
    return image(x.c, x.h, x.w, function(k, i, j) return f(at(x, k, i, j), k, i, j) end)
end

local run = {}
function run.Conv(o, x, w, b)
    local m, n, kh, kw = table.unpack(w.dims)
    local p = o.pads and o.pads[1] or 0
    return image(m, x.h + 2 * p - kh + 1, x.w + 2 * p - kw + 1, function(f, i, j)
        local sum = b and b.values[f + 1] or 0
        for k = 0, n - 1 do
            for a = 0, kh - 1 do
                for c = 0, kw - 1 do
                    local r, s = i + a - p, j + c - p
                    if r >= 0 and r < x.h and s >= 0 and s < x.w then
                        sum = sum + at(x, k, r, s) * w.values[((f * n + k) * kh + a) * kw + c + 1]
                    end
                end
            end
        end
        return sum
    end)
end
function run.Relu(_, x) return map(x, function(a) return math.max(a, 0) end) end
function run.Sigmoid(_, x) return map(x, function(a) return 1 / (1 + math.exp(-a)) end) end
local function erf(x) -- its series, every term positive
    local a = math.abs(x)
    local term, sum, odd = a, a, 1
    while term > sum * 1e-18 do
        odd = odd + 2
        term = term * 2 * a * a / odd
        sum = sum + term
    end
    return (x < 0 and -1 or 1) * 2 / math.sqrt(math.pi) * math.exp(-a * a) * sum
end
function run.Erf(_, x) return map(x, erf) end
function run.Div(_, x, y) return map(x, function(a) return a / y.values[1] end) end
function run.Add(_, x, y)
    if y.values then
        return map(x, function(a) return a + y.values[1] end)
    end
    return map(x, function(a, k, i, j) return a + at(y, k, i, j) end)
end
function run.Mul(_, x, y)
    if y.values then
        return map(x, function(a) return a * y.values[1] end)
    end
    return map(x, function(a, k, i, j) return a * at(y, k, y.h > 1 and i or 0, y.w > 1 and j or 0) end)
end
function run.MaxPool(_, x)
    return image(x.c, x.h // 2, x.w // 2, function(k, i, j)
        return math.max(at(x, k, 2 * i, 2 * j), at(x, k, 2 * i, 2 * j + 1), at(x, k, 2 * i + 1, 2 * j), at(x, k, 2 * i + 1, 2 * j + 1))
    end)
end
function run.GlobalAveragePool(_, x)
    return image(x.c, 1, 1, function(k)
        local sum = 0
        for n = k * x.h * x.w + 1, (k + 1) * x.h * x.w do sum = sum + x.v[n] end
        return sum / (x.h * x.w)
    end)
end
function run.Concat(_, ...)
    local c, v, first = 0, {}, ...
    for _, x in ipairs {...} do
        c = c + x.c
        table.move(x.v, 1, #x.v, #v + 1, v)
    end
    return {c = c, h = first.h, w = first.w, v = v}
end
function run.Transpose(o, x)
    local dims, p = {x.c, x.h, x.w}, o.perm
    return image(dims[p[2]], dims[p[3]], dims[p[4]], function(...)
        local at_in, index = {}, {...}
        for k = 1, 3 do at_in[p[k + 1]] = index[k] end
        return at(x, at_in[1], at_in[2], at_in[3])
    end)
end
function run.LayerNormalization(o, x, scale, bias)
    return map(x, function(a, k, i, j)
        local mean, variance = 0, 0
        for q = 0, x.w - 1 do mean = mean + at(x, k, i, q) / x.w end
        for q = 0, x.w - 1 do variance = variance + (at(x, k, i, q) - mean) ^ 2 / x.w end
        return (a - mean) / math.sqrt(variance + o.epsilon) * scale.values[j + 1] + (bias and bias.values[j + 1] or 0)
    end)
end
function run.DepthToSpace(o, x)
    local b = o.blocksize
    local c = x.c // (b * b)
    return image(c, x.h * b, x.w * b, function(k, i, j)
        local p, q = i % b, j % b
        return at(x, o.mode == "CRD" and (k * b + p) * b + q or (p * b + q) * c + k, i // b, j // b)
    end)
end
function run.SpaceToDepth(o, x)
    local b = o.blocksize
    return image(x.c * b * b, x.h // b, x.w // b, function(k, i, j)
        local cell = k // x.c
        return at(x, k % x.c, i * b + cell // b, j * b + cell % b)
    end)
end

-- The output of the last node for an input {c, h, w, v}.
function write.compute(nodes, tensors, input)
    local values = {x = input}
    for _, node in ipairs(nodes) do
        local inputs = {}
        for i, name in ipairs(node[2]) do
            inputs[i] = values[name] or tensors[name]
        end
        values[node[3]] = run[node[1]](node[4] or {}, table.unpack(inputs))
    end
    return values[nodes[#nodes][3]]
end

return write
