-- engine.lua: gives templates their names, and takes their text.
local lib = load_template("lib.lua")()

return function(model, main)
    local used, functions, lanes_used = {}, {}, {}
    local full = model.unroll == "full"

    local function use(name)
        if not used[name] then
            used[name] = true
            functions[#functions + 1] = name
        end
        return name
    end

    -- The names every template sees; `L`, `T`, `W` come with include().
    local names = setmetatable({M = model, use = use, lanes_used = lanes_used}, {__index = _G})
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

    function names.number(x)
        return lib.number(x, model.double)
    end

    -- The C type of vectors of at most `lanes` floats, and how many lanes it has, as C or as the number 1.
    function names.use_lanes(lanes)
        if lanes == 1 then
            return "real", 1
        end
        lanes_used[lanes] = true
        return "v" .. lanes, "L" .. lanes
    end

    local cache = {}
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
        load_template(file, environment)()
        names.current = outer
    end
    names.current = {}

    -- What a template writes, as a string.
    function names.capture(file, extra)
        local before = take()
        names.include(file, extra)
        local text = take()
        emit(before)
        return text
    end

    names.include(main)
    return take(), functions
end
