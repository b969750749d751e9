-- Layers that change the size of an image, or move its values.
local S = dofile("tests/reference/shape.lua")
local shape, size, padding = S.shape, S.size, S.padding
local activation = dofile("tests/reference/activation.lua")
local activate = activation.activate
local kinds = {}

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

-- Rows and columns beyond the sides: the outermost again, or those behind it in turn.
local function continued(dims, place)
    return function(o, x)
        local p = padding(o.padding or o[1], dims)
        local y = {h = x.h + p[1] + p[2], w = x.w + p[3] + p[4], c = x.c, rank = x.rank}
        return y, 0, function(values)
            local out = {}
            for i = 0, y.h - 1 do
                for j = 0, y.w - 1 do
                    for c = 1, x.c do
                        out[(i * y.w + j) * x.c + c] = values[(place(i - p[1], x.h) * x.w + place(j - p[3], x.w)) * x.c + c]
                    end
                end
            end
            return out
        end
    end
end
local function edge(t, n)
    return t < 0 and 0 or t >= n and n - 1 or t
end
local function reflect(t, n)
    return t < 0 and -t or t >= n and 2 * (n - 1) - t or t
end
kinds.edge_padding2d, kinds.edge_padding1d = continued(2, edge), continued(1, edge)
kinds.reflect_padding2d, kinds.reflect_padding1d = continued(2, reflect), continued(1, reflect)

return kinds
