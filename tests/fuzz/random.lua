-- random.lua - numbers that are the same for a seed on every machine and with every Lua: splitmix64.
local Random = {}
Random.__index = Random

local function new(seed)
    return setmetatable({state = seed * 0x9E3779B97F4A7C15}, Random)
end

function Random:bits()
    self.state = self.state + 0x9E3779B97F4A7C15
    local z = self.state
    z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
    z = (z ~ (z >> 27)) * 0x94D049BB133111EB
    return z ~ (z >> 31)
end

-- A whole number from first to last.
function Random:int(first, last)
    return first + (self:bits() >> 1) % (last - first + 1)
end

-- True once in n times.
function Random:once_in(n)
    return self:int(1, n) == 1
end

-- One of a list; {value, weight} lists are chosen from by weighted().
function Random:of(list)
    return list[self:int(1, #list)]
end

function Random:weighted(list)
    local sum = 0
    for _, item in ipairs(list) do
        sum = sum + item[2]
    end
    local at = self:int(1, sum)
    for _, item in ipairs(list) do
        at = at - item[2]
        if at <= 0 then
            return item[1]
        end
    end
end

return new
