-- Sizes, paddings and shapes as specs write them. A 1D shape has h = 1, a flat one h = w = 1.
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

return {shape = shape, size = size, padding = padding, out_size = out_size}
