-- shrink.lua - the smallest network that still fails: drops layers, branches and options, then halves numbers, as long as it fails.
local function copy(value)
    if type(value) ~= "table" or getmetatable(value) then
        return value
    end
    local result = {}
    for k, v in pairs(value) do
        result[k] = copy(v)
    end
    return result
end

-- All lists of layers in a network, outermost first.
local function lists(list, found)
    found[#found + 1] = list
    for _, l in ipairs(list) do
        for _, inner in ipairs {l.body or false, l.shortcut or false} do
            if inner and not inner.text then
                lists(inner, found)
            end
        end
        for _, branch in ipairs(l.branches or {}) do
            if not branch.text then
                lists(branch, found)
            end
        end
    end
    return found
end

-- Numbers of a text, each made smaller in turn: "5x3" gives "1x3", "2x3", "4x3", "5x1", ...
local function smaller(text)
    local found = {}
    for first, last in text:gmatch("()%d+()") do
        local n = tonumber(text:sub(first, last - 1))
        local decimal = text:sub(first - 1, first - 1) == "." or text:sub(last, last) == "."
        for _, m in ipairs(not decimal and n > 1 and {1, n // 2, n - 1} or {}) do
            found[#found + 1] = text:sub(1, first - 1) .. m .. text:sub(last)
        end
    end
    return found
end

-- Every network that is one step smaller, as functions that change a copy.
local function steps(spec)
    local found = {}
    for k, list in ipairs(lists(spec.layers, {})) do
        for i, l in ipairs(list) do
            found[#found + 1] = function(s) table.remove(lists(s.layers, {})[k], i) end
            local inside = l.body or l.branches and l.branches[1]
            if inside and not inside.text then
                found[#found + 1] = function(s)
                    local to = lists(s.layers, {})[k]
                    local block = table.remove(to, i)
                    for n, one in ipairs(block.body or block.branches[1]) do
                        table.insert(to, i + n - 1, one)
                    end
                end
            end
            for b = 3, l.branches and #l.branches or 0 do
                found[#found + 1] = function(s) table.remove(lists(s.layers, {})[k][i].branches, b) end
            end
            if l.shortcut then
                found[#found + 1] = function(s) lists(s.layers, {})[k][i].shortcut = nil end
            end
            if l.name then
                found[#found + 1] = function(s) lists(s.layers, {})[k][i].name = nil end
            end
            for n in ipairs(l.options or {}) do
                found[#found + 1] = function(s) table.remove(lists(s.layers, {})[k][i].options, n) end
            end
            for _, text in ipairs(l.first and smaller(l.first) or {}) do
                found[#found + 1] = function(s) lists(s.layers, {})[k][i].first = text end
            end
            for n, option in ipairs(l.options or {}) do
                for _, text in ipairs(smaller(option[2])) do
                    found[#found + 1] = function(s) lists(s.layers, {})[k][i].options[n][2] = text end
                end
            end
        end
    end
    for n, field in ipairs(spec.fields) do
        found[#found + 1] = function(s) table.remove(s.fields, n) end
        for _, text in ipairs(field[1] == "batch" and smaller(field[2]) or {}) do
            found[#found + 1] = function(s) s.fields[n][2] = text end
        end
    end
    for _, text in ipairs(smaller(spec.input)) do
        found[#found + 1] = function(s) s.input = text end
    end
    return found
end

-- `fails(spec)` runs a network; at most `most` of them.
return function(spec, fails, most)
    local again = true
    while again and most > 0 do
        again = false
        local n = 1
        while most > 0 do
            local all = steps(spec)
            if n > #all then
                break
            end
            local candidate = copy(spec)
            all[n](candidate)
            most = most - 1
            if #candidate.layers > 0 and fails(candidate) then
                spec, again = candidate, true
            else
                n = n + 1
            end
        end
    end
    return spec
end
