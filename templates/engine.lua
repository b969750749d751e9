-- engine.lua: gives templates their names, and takes their text.
local lib = load_template("lib.lua")()
local share = load_template("share.lua")()

return function(model, main)
    local used, functions, lanes_used, blocks_used = {}, {}, {}, {}
    local full = model.unroll == "full"

    local function use(name)
        if not used[name] then
            used[name] = true
            functions[#functions + 1] = name
        end
        return name
    end

    -- The names every template sees; `L`, `T`, `W` come with include().
    local names = setmetatable({M = model, use = use, lanes_used = lanes_used, blocks_used = blocks_used}, {__index = _G})
    for name, helper in pairs(lib) do
        names[name] = helper
    end

    function names._v(value)
        local kind = math.type(value) or type(value)
        if kind ~= "integer" and kind ~= "string" then
            error("a hole must be an integer or a string, not " .. kind, 2)
        end
        emit(tostring(value))
    end
    names._t = emit

    function names.each(name, from, to)
        return lib.each(emit, full, name, from, to)
    end

    function names.each_down(name, n)
        return lib.each_down(emit, full, name, n)
    end

    function names.each_block(name, n, width, limit)
        return lib.each_block(emit, name, n, width, limit)
    end

    function names.each_vector(name, n, most, lanes)
        return lib.each_vector(emit, name, n, most, lanes)
    end

    function names.channel_tiles(name, n, variants, lanes)
        return lib.channel_tiles(emit, name, n, variants, lanes)
    end

    function names.number(x)
        return lib.number(x, model.double)
    end

    -- The C type of vectors of at most `lanes` floats, and how many lanes it has: as C, or as a number in plain C.
    function names.use_lanes(lanes)
        if lanes == 1 or model.portable then
            blocks_used[lanes] = lanes > 1 or nil
            return "real", lanes
        end
        lanes_used[lanes] = true
        return "v" .. lanes, "L" .. lanes
    end

    -- The most lanes for loops over n channels that are side by side; 1: plain C.
    function names.channel_lanes(n)
        return (model.unroll ~= "auto" or model.portable or n < 4) and 1 or n < 8 and 4 or n < 16 and 8 or 16
    end

    -- Sums over n channels, side by side in vectors and then summed up. With --reproducible there are as many as the widest vector has
    -- lanes, in arrays, and channel c belongs to sum c % n, whatever the target.
    local function line(text)
        emit(text .. ";\n")
    end
    function names.channel_sums(n, ...)
        for _, sums in ipairs(n > 1 and {...} or {}) do
            line(model.reproducible and ("real %s[%d] = {0}"):format(sums, n) or ("%s %s = %s"):format(names.use_lanes(n), sums, lib.vector_zero(n)))
        end
    end
    -- Adds `value`, of one channel or a vector of them, to the vector `sums`, or to `sum` where there are no vectors.
    function names.add_to_sum(lanes, n, sums, sum, c, value)
        if model.reproducible and n > 1 then
            local place = lib.add(c, 0) .. " % " .. n
            line(lib.vector_store(lanes, sums, place, lib.vector_load(lanes, sums, place) .. " + " .. value))
        else
            line((lanes > 1 and sums or sum) .. " += " .. value)
        end
    end
    function names.sum_up(n, sums, sum, operator)
        line(("%s %s %s%d(%s)"):format(sum, operator, model.reproducible and "total" or "sum", n, sums))
    end

    local loaded = {} -- a template is often included a hundred times
    function names.include(file, extra)
        local caller = extra or {}
        local environment = setmetatable({}, {__index = function(_, key)
            local value = caller[key]
            if value == nil then
                value = names.current[key]
            end
            if value == nil then
                value = names[key]
            end
            if value == nil then
                error("templates know no '" .. tostring(key) .. "'", 2)
            end
            return value
        end})
        local step = caller.L or names.current.L
        function environment.activate(a)
            return lib.activate(use, step.activation, a, names.number(step.alpha))
        end
        function environment.signature(pass, arguments)
            return lib.signature(step, pass, arguments)
        end
        function environment.activate_gradient(v)
            return lib.activate_gradient(use, step.activation, v, names.number(step.alpha))
        end
        local outer = names.current
        names.current = setmetatable({L = step}, {__index = caller})
        loaded[file] = loaded[file] or load_template(file)
        loaded[file](environment)
        names.current = outer
    end
    names.current = {}

    -- A register tile, in the form for its lanes.
    function names.tile(shape)
        names.include(model.portable and shape.lanes > 1 and "tile_block.c.t" or "tile.c.t", {T = shape})
    end

    -- How wide v vectors are: a name for functions ("2", or the number of channels of plain C), and words.
    function names.width(v, lanes)
        return model.portable and v * lanes or v
    end
    function names.wide(v, lanes, of)
        if model.portable then
            return v * lanes .. " " .. of
        end
        return v .. (v > 1 and " vectors of " or " vector of ") .. of
    end

    -- What a template writes, as a string.
    function names.capture(file, extra)
        local before = take()
        names.include(file, extra)
        local text = take()
        emit(before)
        return text
    end

    names.functions = share(names.capture)

    names.include(main)
    return lib.break_lines(take()), functions
end
