-- reference.lua - the slow and obvious truth: runs a spec by itself and computes in double with plain loops.
--
-- It shares nothing with the compiler but the words of the specs. An image is a flat list, channels last: value (i, j, c) stands at
-- (i*w + j)*C + c + 1. A 1D shape has h = 1, a flat one h = w = 1.
local reference = {}

local function numbers(text)
    local list = {}
    for n in tostring(text):gmatch("%d+") do
        list[#list + 1] = tonumber(n)
    end
    return list
end

local function as_list(value)
    return type(value) == "table" and value or numbers(value)
end

local function shape(value)
    local n = as_list(value)
    if #n == 3 then
        return {h = n[1], w = n[2], c = n[3], rank = 3}
    elseif #n == 2 then
        return {h = 1, w = n[1], c = n[2], rank = 2}
    end
    return {h = 1, w = 1, c = n[1], rank = 1}
end

local function size(value, dims, default)
    if value == nil then
        return default
    end
    local n = type(value) == "number" and {value} or as_list(value)
    if dims == 1 then
        return {1, n[1]}
    end
    return {n[1], n[2] or n[1]}
end

-- Padding as top, bottom, left, right. "same": out = ceil(in / stride), the odd cell behind.
local function padding(value, dims, x, k, s, d)
    if value == nil or value == "valid" then
        return {0, 0, 0, 0}
    elseif value == "same" then
        local function axis(n, k1, s1, d1)
            local out = math.ceil(n / s1)
            local total = math.max((out - 1) * s1 + d1 * (k1 - 1) + 1 - n, 0)
            return total // 2, total - total // 2
        end
        local t, b = axis(x.h, k[1], s[1], d[1])
        local l, r = axis(x.w, k[2], s[2], d[2])
        return {t, b, l, r}
    end
    local n = type(value) == "number" and {value} or as_list(value)
    if dims == 1 then
        return {0, 0, n[1], n[2] or n[1]}
    elseif #n == 4 then
        return n
    end
    return {n[1], n[1], n[2] or n[1], n[2] or n[1]}
end

local function out_size(n, before, after, k, s, d)
    return math.floor((n + before + after - d * (k - 1) - 1) / s) + 1
end

-- erf by its series, every term positive.
local function erf(x)
    local a = math.abs(x)
    if a > 6 then
        return x < 0 and -1 or 1
    end
    local term, sum, odd = a, a, 1
    while term > sum * 1e-18 do
        odd = odd + 2
        term = term * 2 * a * a / odd
        sum = sum + term
    end
    local y = 2 / math.sqrt(math.pi) * math.exp(-a * a) * sum
    return x < 0 and -y or y
end

local function sigmoid(x)
    return 1 / (1 + math.exp(-x))
end

local function relu6(x)
    return math.min(math.max(x, 0), 6)
end

local elementwise = {
    linear = function(x) return x end,
    relu = function(x) return math.max(x, 0) end,
    leaky_relu = function(x, a) return x < 0 and (a or 0.01) * x or x end,
    relu6 = relu6,
    sigmoid = sigmoid,
    tanh = function(x) return 1 - 2 / (math.exp(2 * x) + 1) end,
    softplus = function(x) return math.max(x, 0) + math.log(1 + math.exp(-math.abs(x))) end,
    elu = function(x, a) return x < 0 and (a or 1) * (math.exp(x) - 1) or x end,
    gelu = function(x) return x / 2 * (1 + erf(x / math.sqrt(2))) end,
    silu = function(x) return x * sigmoid(x) end,
    hard_sigmoid = function(x) return relu6(x + 3) / 6 end,
    hard_swish = function(x) return x * relu6(x + 3) / 6 end,
}

local function activate(values, channels, name, alpha)
    local y = {}
    if name ~= "softmax" then
        for i = 1, #values do
            y[i] = elementwise[name](values[i], alpha)
        end
        return y
    end
    for first = 1, #values, channels do
        local most, sum = -math.huge, 0
        for i = first, first + channels - 1 do
            most = math.max(most, values[i])
        end
        for i = first, first + channels - 1 do
            y[i] = math.exp(values[i] - most)
            sum = sum + y[i]
        end
        for i = first, first + channels - 1 do
            y[i] = y[i] / sum
        end
    end
    return y
end

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

local function zero_padding(dims)
    return function(o, x)
        local p = padding(o.padding or o[1], dims)
        local y = {h = x.h + p[1] + p[2], w = x.w + p[3] + p[4], c = x.c, rank = x.rank}
        return y, 0, function(values)
            local out = {}
            for n = 1, y.h * y.w * y.c do
                out[n] = 0
            end
            for i = 0, x.h - 1 do
                for j = 0, x.w - 1 do
                    for c = 1, x.c do
                        out[((i + p[1]) * y.w + j + p[3]) * x.c + c] = values[(i * x.w + j) * x.c + c]
                    end
                end
            end
            return out
        end
    end
end
kinds.zero_padding2d, kinds.zero_padding1d = zero_padding(2), zero_padding(1)

-- Scatters: every input pixel adds its multiple of the kernel (height, width, filters, in) to the output.
local function transposed(dims)
    return function(o, x)
        local filters = o.filters or o[1]
        local k, s, d = size(o.kernel, dims), size(o.stride, dims, {1, 1}), size(o.dilation, dims, {1, 1})
        local extra = o.output_padding and size(o.output_padding, dims) or {0, 0}
        local p = o.padding ~= "same" and padding(o.padding, dims)
        local function axis(n, a)
            if p then
                local before, after = p[2 * a - 1], p[2 * a]
                return (n - 1) * s[a] - before - after + d[a] * (k[a] - 1) + (dims == 1 and a == 1 and 0 or extra[a]) + 1, before
            end
            return n * s[a], math.max(d[a] * (k[a] - 1) + 1 - s[a], 0) // 2
        end
        local h, top = axis(x.h, 1)
        local w, left = axis(x.w, 2)
        local kernel_size = k[1] * k[2] * filters * x.c
        local bias = o.bias ~= false
        local function run(values, weights)
            local out = {}
            for n = 0, h * w * filters - 1 do
                out[n + 1] = bias and weights[kernel_size + n % filters + 1] or 0
            end
            for i = 0, x.h - 1 do
                for j = 0, x.w - 1 do
                    for ki = 0, k[1] - 1 do
                        for kj = 0, k[2] - 1 do
                            local r, q = i * s[1] + ki * d[1] - top, j * s[2] + kj * d[2] - left
                            for f = 0, r >= 0 and r < h and q >= 0 and q < w and filters - 1 or -1 do
                                for c = 0, x.c - 1 do
                                    local at = (r * w + q) * filters + f + 1
                                    out[at] = out[at] + values[(i * x.w + j) * x.c + c + 1] *
                                        weights[((ki * k[2] + kj) * filters + f) * x.c + c + 1]
                                end
                            end
                        end
                    end
                end
            end
            return activate(out, filters, o.activation or "linear")
        end
        return {h = h, w = w, c = filters, rank = x.rank}, kernel_size + (bias and filters or 0), run
    end
end
kinds.conv2d_transpose, kinds.conv1d_transpose = transposed(2), transposed(1)

-- Half-pixel centres: a row of the output lies at (r + 1/2)/factor - 1/2, but not beyond the outermost centres.
local function upsample(dims)
    return function(o, x)
        local f = size(o.factor or o[1], dims)
        local linear = o.interpolation == "bilinear" or o.interpolation == "linear"
        local y = {h = x.h * f[1], w = x.w * f[2], c = x.c, rank = x.rank}
        local function source(r, factor, n)
            if not linear then
                return r // factor, r // factor, 0
            end
            local at = math.min(math.max((r + 0.5) / factor - 0.5, 0), n - 1)
            local first = math.floor(at)
            return first, math.min(first + 1, n - 1), at - first
        end
        return y, 0, function(values)
            local out = {}
            for i = 0, y.h - 1 do
                local i0, i1, t = source(i, f[1], x.h)
                for j = 0, y.w - 1 do
                    local j0, j1, u = source(j, f[2], x.w)
                    for c = 1, x.c do
                        local function v(r, q)
                            return values[(r * x.w + q) * x.c + c]
                        end
                        out[(i * y.w + j) * x.c + c] = (1 - t) * ((1 - u) * v(i0, j0) + u * v(i0, j1)) +
                            t * ((1 - u) * v(i1, j0) + u * v(i1, j1))
                    end
                end
            end
            return out
        end
    end
end
kinds.upsample2d, kinds.upsample1d = upsample(2), upsample(1)

-- Layers that only move values: output value (i, j, c) is the input value `from(i, j, c)`.
local function moved(x, y, from)
    return y, 0, function(values)
        local out = {}
        for i = 0, y.h - 1 do
            for j = 0, y.w - 1 do
                for c = 0, y.c - 1 do
                    local r, q, d = from(i, j, c)
                    out[(i * y.w + j) * y.c + c + 1] = values[(r * x.w + q) * x.c + d + 1]
                end
            end
        end
        return out
    end
end

local function cropping(dims)
    return function(o, x)
        local p = padding(o.cropping or o[1], dims)
        return moved(x, {h = x.h - p[1] - p[2], w = x.w - p[3] - p[4], c = x.c, rank = x.rank}, function(i, j, c)
            return i + p[1], j + p[3], c
        end)
    end
end
kinds.cropping2d, kinds.cropping1d = cropping(2), cropping(1)

function kinds.depth_to_space(o, x)
    local b = o.block or o[1]
    local channels = x.c // (b * b)
    return moved(x, {h = x.h * b, w = x.w * b, c = channels, rank = 3}, function(i, j, c)
        return i // b, j // b, (i % b * b + j % b) * channels + c
    end)
end

function kinds.space_to_depth(o, x)
    local b = o.block or o[1]
    return moved(x, {h = x.h // b, w = x.w // b, c = x.c * b * b, rank = 3}, function(i, j, c)
        local cell = c // x.c
        return i * b + cell // b, j * b + cell % b, c % x.c
    end)
end

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

-- Blocks that join the ends of branches: from all their shapes to the shape of the result and a function of all their values.
local merges = {}

local function value_by_value(f)
    return function(o, shapes)
        local y = shapes[1]
        for _, x in ipairs(shapes) do
            y = x.h * x.w > y.h * y.w and x or y
        end
        return y, function(all)
            local out = {}
            for n = 1, y.h * y.w * y.c do
                for k, x in ipairs(shapes) do
                    local v = all[k][x.h * x.w < y.h * y.w and (n - 1) % y.c + 1 or n]
                    out[n] = k == 1 and v or f(out[n], v)
                end
            end
            return activate(out, y.c, o.activation or "linear")
        end
    end
end
merges.add = value_by_value(function(a, b) return a + b end)
merges.residual = merges.add
merges.mul = value_by_value(function(a, b) return a * b end)

function merges.concat(_, shapes)
    local x, channels = shapes[1], 0
    for _, one in ipairs(shapes) do
        channels = channels + one.c
    end
    return {h = x.h, w = x.w, c = channels, rank = x.rank}, function(all)
        local out = {}
        for pixel = 0, x.h * x.w - 1 do
            for k, one in ipairs(shapes) do
                for c = 1, one.c do
                    out[#out + 1] = all[k][pixel * one.c + c]
                end
            end
        end
        return out
    end
end

-- Losses of one sample.
local losses = {}

local function mean(f)
    return function(y, t, delta)
        local sum = 0
        for i = 1, #y do
            sum = sum + f(y[i], t[i], delta)
        end
        return sum / #y
    end
end
local function clip(p)
    return math.min(math.max(p, 1e-7), 1 - 1e-7)
end
losses.mse = mean(function(y, t) return (y - t) ^ 2 end)
losses.mae = mean(function(y, t) return math.abs(y - t) end)
losses.huber = mean(function(y, t, delta)
    local d = math.abs(y - t)
    return d <= delta and d * d / 2 or delta * (d - delta / 2)
end)
losses.binary_cross_entropy = mean(function(y, t)
    return -t * math.log(clip(y)) - (1 - t) * math.log(1 - clip(y))
end)
function losses.cross_entropy(y, t)
    local sum = 0
    for i = 1, #y do
        sum = sum - t[i] * math.log(clip(y[i]))
    end
    return sum
end

-- One step of an optimizer on the trainable values: w and g are changed lists, state keeps moments. What follows the batches has a momentum,
-- and its distance from them as g.
function reference.step(o, w, g, state, trainable, momentum)
    state.step = (state.step or 0) + 1
    state.m, state.v = state.m or {}, state.v or {}
    local scale = 1
    if o.clip_norm then
        local sum = 0
        for i = 1, #w do
            sum = sum + (trainable[i] and g[i] * g[i] or 0)
        end
        scale = math.min(1, o.clip_norm / math.sqrt(sum))
    end
    local defaults = {sgd = 0.01, momentum = 0.01, nesterov = 0.01, rmsprop = 0.001, adam = 0.001, adamw = 0.001}
    local lr, mu, rho, b1, b2 = o.lr or defaults[o.name], o.momentum or 0.9, o.rho or 0.9, o.beta1 or 0.9, o.beta2 or 0.999
    local epsilon, decay = o.epsilon or 1e-7, o.weight_decay or (o.name == "adamw" and 0.004 or 0)
    for i = 1, #w do
        if trainable[i] then
            local d = scale * g[i] + (o.name ~= "adamw" and decay * w[i] or 0)
            local m, v = state.m[i] or 0, state.v[i] or 0
            local change
            if o.name == "sgd" then
                change = lr * d
            elseif o.name == "momentum" or o.name == "nesterov" then
                m = mu * m + d
                change = lr * (o.name == "momentum" and m or d + mu * m)
            elseif o.name == "rmsprop" then
                v = rho * v + (1 - rho) * d * d
                change = lr * d / (math.sqrt(v) + epsilon)
            else
                m, v = b1 * m + (1 - b1) * d, b2 * v + (1 - b2) * d * d
                local mh, vh = m / (1 - b1 ^ state.step), v / (1 - b2 ^ state.step)
                change = lr * mh / (math.sqrt(vh) + epsilon) + (o.name == "adamw" and lr * decay * w[i] or 0)
            end
            state.m[i], state.v[i] = m, v
            w[i] = w[i] - change
        elseif momentum[i] then
            w[i] = w[i] - (1 - momentum[i]) * g[i]
        end
    end
end

-- Loads the text between the braces of `model { ... }`. The result knows its layers, sizes, loss and optimizer.
function reference.load(text)
    local env = {ipairs = ipairs, math = math}
    for _, all in ipairs {kinds, merges} do
        for name in pairs(all) do
            env[name] = function(options)
                return {kind = name, o = options}
            end
        end
    end
    for _, name in ipairs {"sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"} do
        env[name] = function(options)
            options.name = name
            options.lr = options.lr or options[1]
            return options
        end
    end
    local spec = assert(load("return {" .. text .. "}", "spec", "t", env))()
    local network = {layers = {}, batch = spec.batch or 1, optimizer = spec.optimizer or {name = "sgd"},
                     input = shape(spec.input), trainable = {}, positive = {}, momentum = {}, delta = spec.huber_delta or 1}
    local last, at = "linear", 0
    local named = {input = 0}
    local shapes = {[0] = network.input}
    local walk

    -- A layer behind others; returns its place among the layers.
    local function add(layer, inputs)
        local o, n = layer.o, #network.layers + 1
        local y, count, run, norm
        if merges[layer.kind] then
            local from = {}
            for k, input in ipairs(inputs) do
                from[k] = shapes[input]
            end
            y, run = merges[layer.kind](o, from)
            count = 0
        else
            y, count, run, norm = kinds[layer.kind](o, shapes[inputs[1]])
        end
        network.layers[n] = {run = run, first = at, count = count, inputs = inputs, merges = merges[layer.kind] ~= nil}
        for i = at + 1, at + count do
            network.trainable[i] = o.trainable ~= false
        end
        for i = norm and norm.first + 1 or 1, norm and norm.first + norm.count or 0 do
            network.trainable[at + i] = false
            network.positive[at + i] = i > norm.positive
            network.momentum[at + i] = norm.batch and norm.momentum or nil
        end
        network.layers[n].norm = norm
        at = at + count
        network.dropout = network.dropout or layer.kind:find("dropout", 1, true) ~= nil
        if layer.kind ~= "flatten" and layer.kind ~= "reshape" then
            last = o.activation or (elementwise[layer.kind] or layer.kind == "softmax") and layer.kind or "linear"
        end
        shapes[n] = y
        if o.name then
            named[o.name] = n
        end
        return n
    end

    -- A list of layers, one layer or the name of one, behind layer `from`; returns the last.
    function walk(item, from)
        if type(item) == "string" then
            return named[item]
        elseif not item.kind then
            from = item.from and named[item.from] or from
            for _, one in ipairs(item) do
                from = walk(one, from)
            end
            return from
        end
        from = item.o.from and named[item.o.from] or from
        if item.kind == "residual" then
            local ends = {from}
            for _, one in ipairs(item.o) do
                ends[1] = walk(one, ends[1])
            end
            ends[2] = item.o.shortcut and walk(item.o.shortcut, from) or from
            return add(item, ends)
        elseif merges[item.kind] then
            local ends = {}
            for k, branch in ipairs(item.o) do
                ends[k] = walk(branch, from)
            end
            return add(item, ends)
        end
        return add(item, {from})
    end
    local items = table.move(spec, 1, #spec, 1, {})
    network.output = shapes[walk(items, 0)]
    for n = 1, spec.freeze_until and named[spec.freeze_until] or 0 do
        local layer = network.layers[n]
        for i = layer.first + 1, layer.first + layer.count do
            network.trainable[i], network.momentum[i] = false, nil
        end
        if layer.norm then
            layer.norm.batch = false
        end
    end
    network.param_count = at
    network.loss = spec.loss or (last == "softmax" and "cross_entropy") or
        (last == "sigmoid" and "binary_cross_entropy") or "mse"
    return network
end

function reference.predict(network, params, input)
    local values = {[0] = input}
    for n, layer in ipairs(network.layers) do
        local w = table.move(params, layer.first + 1, layer.first + layer.count, 1, {})
        local all = {}
        for k, from in ipairs(layer.inputs) do
            all[k] = values[from]
        end
        values[n] = layer.merges and layer.run(all) or layer.run(all[1], w)
    end
    return values[#network.layers]
end

-- Training mode: the outputs of all samples, and the statistics of the batch by parameter.
function reference.forward(network, params, inputs)
    local values, statistics = {[0] = inputs}, {}
    for n, layer in ipairs(network.layers) do
        local w = table.move(params, layer.first + 1, layer.first + layer.count, 1, {})
        values[n] = {}
        if layer.norm and layer.norm.batch then
            local found
            values[n], found = layer.norm.batch(values[layer.inputs[1]], w)
            table.move(found, 1, #found, layer.first + layer.norm.first + 1, statistics)
        else
            for s = 1, #inputs do
                local all = {}
                for k, from in ipairs(layer.inputs) do
                    all[k] = values[from][s]
                end
                values[n][s] = layer.merges and layer.run(all) or layer.run(all[1], w)
            end
        end
    end
    return values[#network.layers], statistics
end

function reference.loss(network, output, target)
    return losses[network.loss](output, target, network.delta)
end

return reference
