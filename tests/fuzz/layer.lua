-- layer.lua - one random layer that fits behind a shape.
--
-- A layer is {kind = "conv2d", first = "5", options = {{"kernel", "3"}, ...}}: values are the text of the spec, so that what is generated,
-- shrunk, printed and computed by the reference is one thing. Sizes come from the reference's own size rule.
local reference_kinds = dofile("tests/reference/layers.lua")
for name, kind in pairs(dofile("tests/reference/resize.lua")) do
    reference_kinds[name] = kind
end
local layer = {VALUES_MOST = 2500}

local activations = {"relu", "leaky_relu", "relu6", "sigmoid", "tanh", "softmax", "softplus", "elu", "gelu", "silu", "hard_sigmoid", "hard_swish", "linear"}
local channel_counts = {1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 19, 24, 31, 32, 33, 36}

function layer.options_text(l)
    local parts = {}
    if l.first then
        parts[1] = l.first
    end
    for _, option in ipairs(l.options or {}) do
        parts[#parts + 1] = option[1] .. " = " .. option[2]
    end
    return parts
end

-- The shape behind a layer and its multiply-adds, roughly; nil when it does not fit.
function layer.shape(l, x)
    local o = load("return {" .. table.concat(layer.options_text(l), ", ") .. "}", "layer", "t", {})()
    local ok, y, params = pcall(reference_kinds[l.kind], o, x)
    if not ok or y.h < 1 or y.w < 1 or y.c < 1 then
        return nil
    end
    y = {h = y.h, w = y.w, c = y.c, rank = y.rank}
    local window = l.kind:find("pool", 1, true) and 4 or 1
    return y, math.max(params // math.max(y.c, 1), window) * y.h * y.w * y.c, params
end

function layer.same_shape(a, b)
    return a.h == b.h and a.w == b.w and a.c == b.c and a.rank == b.rank
end

local function size(r, dims, most, likely)
    local a = r:once_in(3) and r:int(1, most) or math.min(likely, most)
    if dims == 1 then
        return tostring(a)
    end
    local b = r:once_in(3) and r:int(1, most) or a
    if a == b then
        return tostring(a)
    end
    return r:of {("'%dx%d'"):format(a, b), ("{ %d, %d }"):format(a, b)}
end

local function padding(r, dims, most)
    local kind = r:int(1, 5)
    if kind == 1 then
        return r:of {"'same'", "'valid'"}
    elseif kind == 2 then
        return tostring(r:int(0, most))
    elseif kind == 3 and dims == 2 then
        return ("'%dx%d'"):format(r:int(0, most), r:int(0, most))
    elseif kind == 4 then
        if dims == 1 then
            return ("{ %d, %d }"):format(r:int(0, most), r:int(0, most))
        end
        return ("{ %d, %d, %d, %d }"):format(r:int(0, most), r:int(0, most), r:int(0, most), r:int(0, most))
    end
    return "'same'"
end

local function maybe(r, l, n, name, value)
    if r:once_in(n) then
        l.options[#l.options + 1] = {name, type(value) == "function" and value() or value}
    end
end

local function add_activation(r, l, channels, n)
    if r:once_in(n or 2) then
        local a = r:once_in(3) and "relu" or r:of(activations)
        if a ~= "softmax" or channels > 1 then
            l.options[#l.options + 1] = {"activation", "'" .. a .. "'"}
        end
    end
end

local function add_training(r, l)
    maybe(r, l, 8, "bias", "false")
    maybe(r, l, 9, "trainable", "false")
    maybe(r, l, 12, "init", function() return r:of {"'he_normal'", "'he_uniform'", "'zeros'", "0.25"} end)
end

local makers = {}

function layer.channels(r)
    return r:of(channel_counts)
end

local function convolution(dims)
    return function(r, x)
        local groups, filters = 1, layer.channels(r)
        if r:once_in(5) then
            for g = x.c, 2, -1 do
                if x.c % g == 0 and r:once_in(2) then
                    groups, filters = g, g * r:int(1, 3)
                    break
                end
            end
        end
        local l = {first = tostring(filters), options = {{"kernel", size(r, dims, 5, r:of {1, 2, 3, 3, 3})}}}
        maybe(r, l, 3, "stride", function() return size(r, dims, 4, 2) end)
        maybe(r, l, 2, "padding", function() return padding(r, dims, 3) end)
        maybe(r, l, 5, "dilation", function() return size(r, dims, 3, 2) end)
        if groups > 1 then
            l.options[#l.options + 1] = {"groups", tostring(groups)}
        end
        add_activation(r, l, filters)
        add_training(r, l)
        return l
    end
end
makers.conv2d, makers.conv1d = convolution(2), convolution(1)

local function depthwise(dims)
    return function(r, x)
        local l = {first = size(r, dims, 5, 3), options = {}}
        local m = r:once_in(4) and r:int(2, 4) or 1
        if m > 1 then
            l.options[1] = {"multiplier", tostring(m)}
        end
        maybe(r, l, 3, "stride", function() return size(r, dims, 3, 2) end)
        maybe(r, l, 2, "padding", function() return padding(r, dims, 3) end)
        maybe(r, l, 5, "dilation", function() return size(r, dims, 3, 2) end)
        add_activation(r, l, x.c * m)
        add_training(r, l)
        return l
    end
end
makers.depthwise_conv2d, makers.depthwise_conv1d = depthwise(2), depthwise(1)

local function transposed(dims)
    return function(r)
        local filters = layer.channels(r)
        local l = {first = tostring(filters), options = {{"kernel", size(r, dims, 5, 3)}}}
        maybe(r, l, 2, "stride", function() return size(r, dims, 3, 2) end)
        maybe(r, l, 2, "padding", function() return r:of {"'same'", "'valid'", "0", "1", dims == 2 and "{ 0, 1, 1, 0 }" or "{ 0, 1 }"} end)
        maybe(r, l, 5, "dilation", function() return size(r, dims, 3, 2) end)
        maybe(r, l, 6, "output_padding", "1")
        add_activation(r, l, filters)
        add_training(r, l)
        return l
    end
end
makers.conv2d_transpose, makers.conv1d_transpose = transposed(2), transposed(1)

local function pool(dims, mean)
    return function(r)
        local l = {first = size(r, dims, 4, 2), options = {}}
        maybe(r, l, 3, "stride", function() return size(r, dims, 3, 2) end)
        maybe(r, l, 3, "padding", function() return padding(r, dims, 1) end)
        if mean then
            maybe(r, l, 3, "count_padding", "true")
        end
        return l
    end
end
makers.maxpool2d, makers.maxpool1d, makers.avgpool2d, makers.avgpool1d = pool(2), pool(1), pool(2, true), pool(1, true)

local function global(r)
    local l = {options = {}}
    maybe(r, l, 4, "keepdims", "true")
    return l
end
makers.global_maxpool2d, makers.global_avgpool2d, makers.global_maxpool1d, makers.global_avgpool1d = global, global, global, global

local function norm(r, x)
    local l = {options = {}}
    add_activation(r, l, x.c, 2)
    maybe(r, l, 6, "epsilon", function() return r:of {"1e-2", "0.1", "1e-5"} end)
    maybe(r, l, 6, "center", "false")
    maybe(r, l, 6, "scale", "false")
    maybe(r, l, 8, "trainable", "false")
    return l
end
function makers.batch_norm(r, x)
    local l = norm(r, x)
    maybe(r, l, 5, "momentum", function() return r:of {"0.9", "0.5", "0.999"} end)
    return l
end
function makers.layer_norm(r, x)
    return x.c > 1 and norm(r, x) or nil
end

function makers.prelu(r)
    local l = {options = {}}
    maybe(r, l, 8, "trainable", "false")
    return l
end

function makers.dense(r)
    local units = r:once_in(6) and r:int(33, 70) or layer.channels(r)
    local l = {first = tostring(units), options = {}}
    add_activation(r, l, units)
    add_training(r, l)
    return l
end

local function zero_padding(dims)
    return function(r)
        local p = padding(r, dims, 2)
        return {first = p:find("'[sv]") and "1" or p, options = {}}
    end
end
makers.zero_padding2d, makers.zero_padding1d = zero_padding(2), zero_padding(1)
makers.cropping2d, makers.cropping1d = makers.zero_padding2d, makers.zero_padding1d

local function upsample(dims, linear)
    return function(r)
        local l = {first = size(r, dims, 3, 2), options = {}}
        maybe(r, l, 2, "interpolation", linear)
        return l
    end
end
makers.upsample2d, makers.upsample1d = upsample(2, "'bilinear'"), upsample(1, "'linear'")

function makers.depth_to_space(_, x)
    return x.c % 4 == 0 and {first = "2", options = {}} or x.c % 9 == 0 and {first = "3", options = {}} or nil
end
function makers.space_to_depth(_, x)
    return x.h % 2 == 0 and x.w % 2 == 0 and {first = "2", options = {}} or x.h % 3 == 0 and x.w % 3 == 0 and {first = "3", options = {}} or nil
end

function makers.flatten()
    return {options = {}}
end

function makers.reshape(r, x)
    local n = x.h * x.w * x.c
    local function divisor(m)
        local found = {}
        for d = 1, m do
            found[#found + 1] = m % d == 0 and d or nil
        end
        return r:of(found)
    end
    local a = divisor(n)
    if r:once_in(4) then
        return {first = ("'%dx%d'"):format(n // a, a), options = {}}
    end
    local b = divisor(n // a)
    return {first = ("'%dx%dx%d'"):format(a, b, n // a // b), options = {}}
end

function makers.dropout(r)
    return {first = r:of {"0.1", "0.5", "0.3"}, options = {}}
end
makers.spatial_dropout2d, makers.spatial_dropout1d = makers.dropout, makers.dropout

-- An activation as a layer; the kind is chosen here.
function makers.activation(r, x)
    local l = {kind = r:of(activations), options = {}}
    if l.kind == "linear" or l.kind == "softmax" and x.c == 1 then
        return nil
    end
    if (l.kind == "leaky_relu" or l.kind == "elu") and r:once_in(2) then
        l.first = r:of {"0.3", "0.05", "1.5"}
    end
    return l
end

local of_any = {{"activation", 8}, {"batch_norm", 7}, {"layer_norm", 3}, {"prelu", 3}, {"dropout", 2}, {"reshape", 2}}
local by_rank = {
    {{"dense", 30}},
    {{"conv1d", 24}, {"depthwise_conv1d", 8}, {"conv1d_transpose", 6}, {"maxpool1d", 6}, {"avgpool1d", 6}, {"global_maxpool1d", 1}, {"global_avgpool1d", 1},
     {"zero_padding1d", 3}, {"cropping1d", 3}, {"upsample1d", 3}, {"spatial_dropout1d", 1}, {"flatten", 2}},
    {{"conv2d", 30}, {"depthwise_conv2d", 12}, {"conv2d_transpose", 8}, {"maxpool2d", 8}, {"avgpool2d", 8}, {"global_maxpool2d", 1}, {"global_avgpool2d", 2},
     {"zero_padding2d", 4}, {"cropping2d", 4}, {"upsample2d", 4}, {"depth_to_space", 3}, {"space_to_depth", 3}, {"spatial_dropout2d", 1}, {"flatten", 2}},
}
for _, list in ipairs(by_rank) do
    table.move(of_any, 1, #of_any, #list + 1, list)
end

-- A random layer behind x of at most `macs` multiply-adds, and its shape and costs; nil when none was found.
function layer.random(r, x, macs)
    for _ = 1, 12 do
        local kind = r:weighted(by_rank[x.rank])
        local l = makers[kind](r, x)
        if l then
            l.kind = l.kind or kind
            local y, cost, params = layer.shape(l, x)
            if y and layer.fits(l, x, y) and cost <= macs and y.h * y.w * y.c <= layer.VALUES_MOST then
                return l, y, cost, params
            end
        end
    end
end

-- What the compiler asks of a layer beside a size above 0.
function layer.fits(l, x)
    local p, k
    for _, option in ipairs(l.options) do
        if option[1] == "padding" then
            p = option[2]
        elseif option[1] == "output_padding" then
            k = true
        end
    end
    if l.kind:find("^%a+pool") and p and p ~= "'same'" and p ~= "'valid'" then
        local most, window = 0, math.huge
        for n in p:gmatch("%d+") do
            most = math.max(most, tonumber(n))
        end
        for n in l.first:gmatch("%d+") do
            window = math.min(window, tonumber(n))
        end
        return most < window
    elseif l.kind:find("transpose", 1, true) and k then
        local text = table.concat(layer.options_text(l), " ")
        return p ~= "'same'" and (text:find("stride = [23]") or text:find("stride = '[23]x[23]'")) ~= nil
    end
    return x ~= nil
end

return layer
