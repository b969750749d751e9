-- Blocks that join the ends of branches: from all their shapes to the shape of the result and a function of all their values.
local activation = dofile("tests/reference/activation.lua")
local activate = activation.activate
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

return merges
