-- Layers: from options and the shape of the input to the shape of the output, the number of parameters, and a function of the values and them.
local S = dofile("tests/reference/shape.lua")
local shape, size, padding, out_size = S.shape, S.size, S.padding, S.out_size
local activation = dofile("tests/reference/activation.lua")
local activate, elementwise = activation.activate, activation.elementwise
local kinds = {}

local function convolution(dims)
    return function(o, x)
        local filters, groups = o.filters or o[1], o.groups or 1
        local k = size(o.kernel, dims)
        local s, d = size(o.stride, dims, {1, 1}), size(o.dilation, dims, {1, 1})
        local p = padding(o.padding, dims, x, k, s, d)
        local y = {h = out_size(x.h, p[1], p[2], k[1], s[1], d[1]), w = out_size(x.w, p[3], p[4], k[2], s[2], d[2]),
                   c = filters, rank = x.rank}
        local ic, oc = x.c // groups, filters // groups
        local kernel_size = k[1] * k[2] * ic * filters
        local bias = o.bias ~= false
        local function run(values, w)
            local out = {}
            for i = 0, y.h - 1 do
                for j = 0, y.w - 1 do
                    for f = 0, filters - 1 do
                        local a = bias and w[kernel_size + f + 1] or 0
                        for ki = 0, k[1] - 1 do
                            local r = i * s[1] + ki * d[1] - p[1]
                            for kj = 0, k[2] - 1 do
                                local q = j * s[2] + kj * d[2] - p[3]
                                if r >= 0 and r < x.h and q >= 0 and q < x.w then
                                    for c = 0, ic - 1 do
                                        a = a + values[(r * x.w + q) * x.c + f // oc * ic + c + 1] *
                                            w[((ki * k[2] + kj) * ic + c) * filters + f + 1]
                                    end
                                end
                            end
                        end
                        out[(i * y.w + j) * filters + f + 1] = a
                    end
                end
            end
            return activate(out, filters, o.activation or "linear")
        end
        return y, kernel_size + (bias and filters or 0), run
    end
end
kinds.conv2d, kinds.conv1d = convolution(2), convolution(1)

-- Output channel c*multiplier + m reads channel c only.
local function depthwise(dims)
    return function(o, x)
        local groups = setmetatable({groups = x.c, filters = x.c * (o.multiplier or 1), kernel = o.kernel or o[1]}, {__index = o})
        return convolution(dims)(groups, x)
    end
end
kinds.depthwise_conv2d, kinds.depthwise_conv1d = depthwise(2), depthwise(1)

function kinds.dense(o, x)
    local units, inputs, bias = o.units or o[1], x.c, o.bias ~= false
    return {h = 1, w = 1, c = units, rank = 1}, inputs * units + (bias and units or 0), function(values, w)
        local out = {}
        for u = 1, units do
            local a = bias and w[inputs * units + u] or 0
            for i = 1, inputs do
                a = a + values[i] * w[(i - 1) * units + u]
            end
            out[u] = a
        end
        return activate(out, units, o.activation or "linear")
    end
end

-- Each channel by its mean and variance: the moving ones, or, in training, those of all samples at once. The fourth result says which
-- parameters follow the batches, and how training computes.
function kinds.batch_norm(o, x)
    local C, epsilon, momentum = x.c, o.epsilon or 1e-3, o.momentum or 0.99
    local scaled, centered = o.scale ~= false, o.center ~= false
    local first_beta = scaled and C or 0
    local first_mean = first_beta + (centered and C or 0)
    local function normalize(values, w, mean, variance)
        local out = {}
        for n = 1, #values do
            local c = (n - 1) % C + 1
            out[n] = (values[n] - mean[c]) / math.sqrt(variance[c] + epsilon) * (scaled and w[c] or 1) + (centered and w[first_beta + c] or 0)
        end
        return activate(out, C, o.activation or "linear")
    end
    local function run(values, w)
        return normalize(values, w, table.move(w, first_mean + 1, first_mean + C, 1, {}), table.move(w, first_mean + C + 1, first_mean + 2 * C, 1, {}))
    end
    local function batch(samples, w)
        local mean, variance = {}, {}
        local count = #samples * x.h * x.w
        for c = 1, C do
            local sum, squares = 0, 0
            for _, values in ipairs(samples) do
                for n = c, #values, C do
                    sum = sum + values[n]
                end
            end
            mean[c] = sum / count
            for _, values in ipairs(samples) do
                for n = c, #values, C do
                    squares = squares + (values[n] - mean[c]) ^ 2
                end
            end
            variance[c] = squares / count
        end
        local out = {}
        for s, values in ipairs(samples) do
            out[s] = normalize(values, w, mean, variance)
        end
        return out, table.move(variance, 1, C, C + 1, mean)
    end
    return x, first_mean + 2 * C, run, {first = first_mean, count = 2 * C, positive = first_mean + C, batch = o.trainable ~= false and batch, momentum = momentum}
end

-- A slope for each channel, below zero.
function kinds.prelu(_, x)
    return x, x.c, function(values, w)
        local out = {}
        for n = 1, #values do
            out[n] = values[n] < 0 and w[(n - 1) % x.c + 1] * values[n] or values[n]
        end
        return out
    end
end

-- Each group of channels by mean and variance over all its pixels.
local function group_norm(groups_of)
    return function(o, x)
        local C, epsilon, pixels = x.c, o.epsilon or 1e-3, x.h * x.w
        local each = C // groups_of(o, x)
        local scaled, centered = o.scale ~= false, o.center ~= false
        local first_beta = scaled and C or 0
        return x, first_beta + (centered and C or 0), function(values, w)
            local out = {}
            for first = 0, C - 1, each do
                local mean, variance = 0, 0
                for p = 0, pixels - 1 do
                    for c = first, first + each - 1 do
                        mean = mean + values[p * C + c + 1] / (pixels * each)
                    end
                end
                for p = 0, pixels - 1 do
                    for c = first, first + each - 1 do
                        variance = variance + (values[p * C + c + 1] - mean) ^ 2 / (pixels * each)
                    end
                end
                for p = 0, pixels - 1 do
                    for c = first, first + each - 1 do
                        local n = p * C + c + 1
                        out[n] = (values[n] - mean) / math.sqrt(variance + epsilon) * (scaled and w[c + 1] or 1) + (centered and w[first_beta + c + 1] or 0)
                    end
                end
            end
            return activate(out, C, o.activation or "linear")
        end
    end
end
kinds.group_norm = group_norm(function(o) return o.groups or o[1] end)
kinds.instance_norm = group_norm(function(_, x) return x.c end)

-- Each pixel by mean and variance of its channels.
function kinds.layer_norm(o, x)
    local C, epsilon = x.c, o.epsilon or 1e-3
    local scaled, centered = o.scale ~= false, o.center ~= false
    local first_beta = scaled and C or 0
    return x, first_beta + (centered and C or 0), function(values, w)
        local out = {}
        for first = 0, #values - 1, C do
            local mean, variance = 0, 0
            for c = 1, C do
                mean = mean + values[first + c] / C
            end
            for c = 1, C do
                variance = variance + (values[first + c] - mean) ^ 2 / C
            end
            for c = 1, C do
                local h = (values[first + c] - mean) / math.sqrt(variance + epsilon)
                out[first + c] = h * (scaled and w[c] or 1) + (centered and w[first_beta + c] or 0)
            end
        end
        return activate(out, C, o.activation or "linear")
    end
end

local function pooling(dims, maximum, global)
    return function(o, x)
        local k = global and {x.h, x.w} or size(o.pool or o[1], dims)
        local s = global and {1, 1} or size(o.stride, dims, k)
        local p = padding(o.padding, dims, x, k, s, {1, 1})
        local y = {h = out_size(x.h, p[1], p[2], k[1], s[1], 1), w = out_size(x.w, p[3], p[4], k[2], s[2], 1), c = x.c,
                   rank = global and not o.keepdims and 1 or x.rank}
        return y, 0, function(values)
            local out = {}
            for i = 0, y.h - 1 do
                for j = 0, y.w - 1 do
                    for c = 0, x.c - 1 do
                        local most, sum, count = -math.huge, 0, 0
                        for ki = 0, k[1] - 1 do
                            for kj = 0, k[2] - 1 do
                                local r, q = i * s[1] + ki - p[1], j * s[2] + kj - p[3]
                                if r >= 0 and r < x.h and q >= 0 and q < x.w then
                                    local v = values[(r * x.w + q) * x.c + c + 1]
                                    most, sum, count = math.max(most, v), sum + v, count + 1
                                elseif o.count_padding then
                                    count = count + 1
                                end
                            end
                        end
                        out[(i * y.w + j) * x.c + c + 1] = maximum and most or sum / count
                    end
                end
            end
            return out
        end
    end
end
kinds.maxpool2d, kinds.maxpool1d = pooling(2, true), pooling(1, true)
kinds.avgpool2d, kinds.avgpool1d = pooling(2, false), pooling(1, false)
kinds.global_maxpool2d, kinds.global_maxpool1d = pooling(2, true, true), pooling(1, true, true)
kinds.global_avgpool2d, kinds.global_avgpool1d = pooling(2, false, true), pooling(1, false, true)

local function same_values(values)
    return values
end

function kinds.flatten(_, x)
    return {h = 1, w = 1, c = x.h * x.w * x.c, rank = 1}, 0, same_values
end

function kinds.reshape(o)
    return shape(o.shape or o[1]), 0, same_values
end

function kinds.dropout(_, x)
    return x, 0, same_values
end

kinds.spatial_dropout2d, kinds.spatial_dropout1d = kinds.dropout, kinds.dropout

local function activation_layer(name)
    return function(o, x)
        return x, 0, function(values)
            return activate(values, x.c, name, o.alpha or o[1])
        end
    end
end
for name in pairs(elementwise) do
    kinds[name] = activation_layer(name)
end
kinds.softmax = activation_layer("softmax")

return kinds
