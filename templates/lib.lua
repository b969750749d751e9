-- lib.lua: what templates may call. Sizes are numbers; an index is a number or a piece of C, and sums and products
-- of them are folded, so that `--unroll full` and loops come from one template.

local lib = {}

-- a + b + ...: numbers are added up, texts joined.
function lib.add(...)
    local constant, terms = 0, {}
    for _, term in ipairs({...}) do
        if math.type(term) == "integer" then
            constant = constant + term
        else
            terms[#terms + 1] = term
        end
    end
    if #terms == 0 then
        return constant
    end
    if constant ~= 0 then
        terms[#terms + 1] = tostring(constant)
    end
    return (table.concat(terms, " + "):gsub("%+ %-", "- "))
end

-- a*b, with 0 and 1 folded away.
function lib.mul(a, b)
    if math.type(a) == "integer" and math.type(b) == "integer" then
        return a * b
    end
    if a == 0 or b == 0 then
        return 0
    end
    if a == 1 then
        return b
    end
    if b == 1 then
        return a
    end
    local function factor(f)
        f = tostring(f)
        return f:find("[ +-]") and "(" .. f .. ")" or f
    end
    return factor(a) .. "*" .. factor(b)
end

-- "a * n", without a one.
function lib.times(a, n)
    return n == 1 and a or a .. " * " .. n
end

-- "base + offset", without a zero.
function lib.plus(base, offset)
    return offset == 0 and base or base .. " + " .. offset
end

-- The element (i, j, c) of an image in a buffer.
function lib.at(view, base, i, j, c)
    local add, mul = lib.add, lib.mul
    return base .. "[" .. add(mul(i, view.row), mul(j, view.pixel), c, view.origin) .. "]"
end

-- for i in each("i", n): a C loop around what the body writes, or, under --unroll full, the body once for every number.
-- One round is never a loop.
function lib.each(emit, full, name, from, to)
    if to == nil then
        from, to = 0, from
    end
    local known = math.type(from) == "integer" and math.type(to) == "integer"
    if known and (full or to - from <= 1) then
        local i = from - 1
        return function()
            i = i + 1
            if i < to then
                return i
            end
        end
    end
    local state = 0
    return function()
        state = state + 1
        if state == 1 then
            emit("for (int " .. name .. " = " .. from .. "; " .. name .. " < " .. to .. "; " .. name .. "++) {\n")
            return name
        end
        emit("}\n")
    end
end

-- The same from the last to the first.
function lib.each_down(emit, full, name, n)
    if full or n <= 1 then
        local i = n
        return function()
            i = i - 1
            if i >= 0 then
                return i
            end
        end
    end
    local state = 0
    return function()
        state = state + 1
        if state == 1 then
            emit("for (int " .. name .. " = " .. n - 1 .. "; " .. name .. " >= 0; " .. name .. "--) {\n")
            return name
        end
        emit("}\n")
    end
end

-- for i, done in each_block("i", n, width): a C loop over n values, `width` at a time, never beyond the last: where n is no multiple of
-- width, the last block overlaps the one before by `done` values. With `limit`, only blocks that begin below it.
function lib.each_block(emit, name, n, width, limit)
    local last = n - width
    local steps = " = 0; %s < " .. (limit or n) .. "; %s += " .. width .. ") {\n"
    local started = false
    return function()
        if started then
            emit(last ~= 0 and "}\n" or "")
            return nil
        end
        started = true
        if last == 0 then
            return 0, "0"
        elseif n % width == 0 then
            emit("for (int " .. name .. steps:format(name, name))
            return name, "0"
        end
        emit("for (int next" .. steps:format("next", "next"))
        emit("const int " .. name .. " = next < " .. last .. " ? next : " .. last .. "; /* the last block overlaps the one before */\n")
        return name, "next - " .. name
    end
end

-- for o in each_vector("o", n, most, lanes): a C loop over n values, a vector of `lanes`, at most `most`, at a time. The last one overlaps
-- the one before where n is no multiple of them all.
function lib.each_vector(emit, name, n, most, lanes)
    local started = false
    return function()
        if started then
            emit("}\n")
            return nil
        end
        started = true
        local loop = "for (int %s = 0; %s < " .. n .. "; %s += " .. lanes .. ") {\n"
        if n % most == 0 then
            emit(loop:format(name, name, name))
        else
            emit(loop:format("next", "next", "next"))
            emit(("const int %s = next + %s <= %d ? next : %d - %s; /* the last block overlaps the one before */\n"):format(name, lanes, n, n, lanes))
        end
        return name
    end
end

-- for variant, o, rest in channel_tiles("o", n, variants, lanes): the loops over n channels, a tile at a time. Vectors may reach beyond
-- the last channel, and each variant takes what the one before leaves; `rest` channels are left. Blocks of plain C (`lanes` is a number)
-- have one variant; the first `rest` channels of a block have been done.
function lib.channel_tiles(emit, name, n, variants, lanes)
    if lanes ~= 1 and math.type(lanes) == "integer" then
        local variant = variants[1]
        local next_block = lib.each_block(emit, name, n, variant.v * lanes)
        return function()
            local o, done = next_block()
            if o then
                return variant, o, done
            end
        end
    end
    emit("int " .. name .. " = 0;\n")
    local number = 0
    return function()
        emit(number > 0 and "}\n" or "")
        number = number + 1
        local variant = variants[number]
        if variant then
            local first_of_last = lib.add(name, lib.mul(variant.v - 1, lanes))
            emit("for (; " .. first_of_last .. " < " .. n .. "; " .. name .. " += " .. lib.mul(variant.v, lanes) .. ") {\n")
            return variant, name, n .. " - " .. name
        end
    end
end

-- A number as a C literal of the model's type, exact to nine (seventeen) digits.
function lib.number(x, double)
    local text = string.format(double and "%.17g" or "%.9g", x)
    if not text:find("[.en]") then
        text = text .. ".0"
    end
    return double and text or text .. "f"
end

local inline = {
    linear = function(a) return a end,
    relu = function(a) return "(" .. a .. " < 0 ? 0 : " .. a .. ")" end,
    leaky_relu = function(a, alpha) return "(" .. a .. " < 0 ? " .. alpha .. " * " .. a .. " : " .. a .. ")" end,
    relu6 = function(a) return "(" .. a .. " < 0 ? 0 : " .. a .. " > 6 ? 6 : " .. a .. ")" end,
}

-- The activation of one value; `use` notes which runtime function is called.
function lib.activate(use, activation, a, alpha)
    if inline[activation.name] then
        return inline[activation.name](a, alpha)
    end
    return use("cnn_" .. activation.name) .. "(" .. a .. (activation.has_alpha and ", " .. alpha or "") .. ")"
end

local inline_gradient = {
    relu = function(y) return "(" .. y .. " > 0 ? (real)1 : 0)" end,
    leaky_relu = function(y, alpha) return "(" .. y .. " < 0 ? " .. alpha .. " : 1)" end,
    relu6 = function(y) return "(" .. y .. " > 0 && " .. y .. " < 6 ? (real)1 : 0)" end,
}

-- Its derivative, from its output or its input (activation.from_input says which).
function lib.activate_gradient(use, activation, v, alpha)
    if inline_gradient[activation.name] then
        return inline_gradient[activation.name](v, alpha)
    end
    return use("cnn_" .. activation.name .. "_grad") .. "(" .. v ..
        (activation.has_alpha and ", " .. alpha or "") .. ")"
end

-- Shape of a C array: {3, 3, 1, 32} gives "[3][3][1][32]".
function lib.dims(list)
    local text = ""
    for _, n in ipairs(list) do
        text = text .. "[" .. n .. "]"
    end
    return text
end

-- What a step's functions are called with, by name. Each template says which of them it reads; the call site, written
-- later, gives exactly those.
local types = {
    x = "const real *restrict x", z = "const real *restrict z", dz = "real *restrict dz", y = "real *restrict y", w = "const real *restrict w",
    b = "const real *restrict b", count = "int count", dy = "real *restrict dy", dx = "real *restrict dx",
    dw = "real *restrict dw", db = "real *restrict db", work = "real *restrict work",
    w_out = "real *restrict w", b_out = "real *restrict b", dy_in = "const real *restrict dy", rate = "real rate",
    prepare = "real *restrict prepared", prepared = "const real *restrict prepared", sums = "real *restrict sums",
    seed = "uint64_t seed",
    gamma = "const real *restrict gamma", beta = "const real *restrict beta",
    moving_mean = "const real *restrict moving_mean", moving_variance = "const real *restrict moving_variance",
    dgamma = "real *restrict dgamma", dbeta = "real *restrict dbeta",
    dmoving_mean = "real *restrict dmoving_mean", dmoving_variance = "real *restrict dmoving_variance",
    alpha = "const real *restrict alpha", dalpha = "real *restrict dalpha",
    norm = "const real *restrict norm", kept = "real *restrict kept", kept_in = "const real *restrict kept",
    y_in = "const real *restrict y", argmax = "unsigned char *restrict argmax",
    argmax_in = "const unsigned char *restrict argmax",
}

-- "head(a, b, c)", broken where a line would be too long; false entries are left out. Marks tell where, for names may come
-- later; break_lines takes them away.
local CALL, ITEM, END = "\3", "\4", "\5"

function lib.wrap(head, list)
    local items = {}
    for _, item in ipairs(list) do
        if item then
            items[#items + 1] = item
        end
    end
    return CALL .. head .. "(" .. ITEM .. table.concat(items, ITEM) .. END .. ")"
end

function lib.break_lines(text)
    return (text:gsub(CALL .. "([^" .. ITEM .. END .. "]*)([^" .. END .. "]*)" .. END, function(head, list)
        local lines, line = {}, head
        local first = true
        for item in list:gmatch("[^" .. ITEM .. "]+") do
            local piece = first and item or ", " .. item
            if #line + #piece > 98 then
                lines[#lines + 1] = line .. (first and "" or ",")
                line, piece = "    ", item
            end
            line, first = line .. piece, false
        end
        lines[#lines + 1] = line
        return table.concat(lines, "\n")
    end))
end

local what = {
    forward = function(s) return s.name .. ": " .. s.x.text .. " -> " .. s.y.text end,
    backward = function(s) return s.name .. " backward: from dy, the gradient of its output (" .. s.y.text .. ")" end,
    prepare = function(s) return s.name .. ": the kernel in the order backward reads it" end,
    prepare_norm = function(s) return s.name .. ": scale and shift of each channel" end,
    prepare_forward = function(s) return s.name .. (s.tiles.winograd and ": the kernel, spread" or ": the kernel in the order forward reads it") end,
    update = function(s) return s.name .. ": the step down the gradient of " .. s.x.count * s.filters .. " weights, when nothing needs the old ones any more" end,
    finish = function(s) return s.name .. ": the sums over all samples go to the gradient" end,
}

function lib.signature(step, pass, names)
    step.arguments = step.arguments or {}
    step.arguments[pass] = names
    local list = {}
    for i, name in ipairs(names) do
        list[i] = assert(types[name], name)
        if step.over and (name == "x" or name == "y") then
            list[i] = list[i]:gsub("restrict ", "")
        end
    end
    local text = what[pass](step)
    if step.w_offset and pass == "forward" then
        text = text .. ", " .. step.macs .. " multiply-adds"
    end
    if step.activation.name ~= "linear" and pass == "forward" then
        text = text .. ", " .. step.activation.name
    end
    return "/* " .. text .. ". */\n" .. lib.wrap("static void " .. step.fn .. "_" .. pass, list)
end

-- The statement that calls one of a step's functions, and for which layer if it is another's.
function lib.call(step, pass, values, remark)
    local list = {}
    for i, name in ipairs(step.arguments[pass]) do
        list[i] = assert(values[name], step.fn .. " " .. pass .. ": no " .. name)
    end
    return lib.statement(step, pass, list, remark)
end

function lib.statement(step, pass, list, remark)
    local fn = step.functions["_" .. pass]
    local of = fn.layers[1] ~= step.name and step.name or nil
    local comment = (of or "") .. (of and remark and ": " or "") .. (remark or "")
    return lib.wrap(fn.name, list) .. ";" .. (comment ~= "" and " /* " .. comment .. " */" or "")
end

-- Vectors of at most `lanes` floats; with one lane everything is plain C on one value.
function lib.vector_load(lanes, base, offset)
    if lanes == 1 then
        return base .. "[" .. offset .. "]"
    end
    return "load" .. lanes .. "(" .. lib.plus(base, offset) .. ")"
end

function lib.vector_zero(lanes)
    return lanes == 1 and "0" or "(v" .. lanes .. "){0}"
end

function lib.vector_relu(lanes, a)
    return lanes == 1 and "(" .. a .. " < 0 ? 0 : " .. a .. ")" or "relu" .. lanes .. "(" .. a .. ")"
end

function lib.vector_max(lanes, a, b)
    return lanes == 1 and "(" .. b .. " > " .. a .. " ? " .. b .. " : " .. a .. ")" or
        "max" .. lanes .. "(" .. a .. ", " .. b .. ")"
end

-- Stores a vector, or only its first `n` lanes where a row of channels ends inside it.
function lib.vector_store(lanes, base, offset, a, n)
    if lanes == 1 then
        return base .. "[" .. offset .. "] = " .. a
    end
    if n then
        return "store" .. lanes .. "(" .. lib.plus(base, offset) .. ", " .. a .. ", " .. n .. ")"
    end
    return "put" .. lanes .. "(" .. lib.plus(base, offset) .. ", " .. a .. ")"
end

-- Lanes of many vectors brought into another order, as lists of C expressions. apart: what n = 2, 4, 8 vectors hold from
-- n planes in turn, one vector for each plane; together: back again. `name` makes a name for a value in between.
local function every_second(list, first)
    local half = {}
    for k = first, #list, 2 do
        half[#half + 1] = list[k]
    end
    return half
end

function lib.apart(lanes, list, name)
    if #list == 1 then
        return list
    end
    local result = {}
    for odd, take in ipairs {"even", "odd"} do
        local half = {}
        for k = 1, #list, 2 do
            half[#half + 1] = name(take .. lanes .. "(" .. list[k] .. ", " .. list[k + 1] .. ")")
        end
        for k, value in ipairs(lib.apart(lanes, half, name)) do
            result[2 * k - 2 + odd] = value
        end
    end
    return result
end

function lib.together(lanes, list, name)
    if #list == 1 then
        return list
    end
    local a, b = lib.together(lanes, every_second(list, 1), name), lib.together(lanes, every_second(list, 2), name)
    local result = {}
    for k = 1, #a do
        for _, half in ipairs {"lower", "upper"} do
            result[#result + 1] = name(half .. lanes .. "(" .. a[k] .. ", " .. b[k] .. ")")
        end
    end
    return result
end

-- Whether n vectors can be brought into another order by halves.
function lib.halves(n)
    return n == 1 or n == 2 or n == 4 or n == 8
end

-- 0 .. n-1, for the statements of a tile.
function lib.range(n)
    local i = -1
    return function()
        i = i + 1
        if i < n then
            return i
        end
    end
end

return lib
