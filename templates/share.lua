-- share.lua: functions of layers whose text would be the same are one function.
--
-- The templates of a step are written with marks in place of its names. Everything of one layer alone comes in by
-- pointers, so the text that is left is that of its shape: whoever has the same text calls the function that is there,
-- named after the first layer that wanted it. Functions stand before what calls them, so the names in a text are known
-- when it is compared, and callers of equal functions are equal as well.
--
-- In a template each function begins with a comment, and an empty line ends it.

local FUNCTION, LAYER = "\1", "\2"

-- "/* conv2, conv5: what. */", on as many lines as it takes.
local function comment_for(layers, what)
    local text = what:gsub(LAYER, table.concat(layers, ", "), 1)
    if #layers == 1 or #text <= 120 then
        return text
    end
    local lines, line = {}, nil
    for word in text:gmatch("%S+") do
        if line and #line + #word > 110 then
            lines[#lines + 1] = line
            line = " * " .. word
        else
            line = line and line .. " " .. word or word
        end
    end
    lines[#lines + 1] = line
    return table.concat(lines, "\n")
end

return function(capture)
    local functions, by_text, by_name = {}, {}, {}
    local share = {}

    local function name_for(fn, suffix, pass)
        local name, number = fn .. suffix, 1
        while by_name[name] do
            name = fn .. pass .. (number > 1 and number or "") .. suffix
            number = number + 1
        end
        return name
    end

    local function add(step, suffix, text, pass)
        local entry = by_text[text]
        if not entry then
            local name = name_for(step.fn, suffix, pass)
            local comment, code = text:match("^(.-%*/\n)(.*)$")
            entry = {name = name, layers = {}, comment = comment, code = code:gsub(FUNCTION, name)}
            by_text[text], by_name[name] = entry, entry
            functions[#functions + 1] = entry
        end
        if not entry.layers[step.name] then
            entry.layers[#entry.layers + 1] = step.name
            entry.layers[step.name] = true
        end
        return entry
    end

    -- One function of a step; its own name is the first after the comment.
    local function step_function(step, text, pass)
        assert(text:find("^%s*/%*"), text)
        local own
        text = text:gsub(FUNCTION .. "([%w_]*)", function(suffix)
            own = own or suffix
            local callee = step.functions[suffix]
            return suffix == own and FUNCTION or assert(callee, step.fn .. suffix .. " is called before it is there").name
        end)
        step.functions[own] = add(step, own, text, pass)
    end

    -- Writes what `files` hold for a step; step.functions tells which function does what ends in "_forward" and so on.
    -- `pass` tells a second function of a name from the first.
    function share.write(step, files, pass)
        local name, fn = step.name, step.fn
        local texts = {}
        step.name, step.fn = LAYER, FUNCTION
        for k, file in ipairs(files) do
            texts[k] = capture(file, {L = step})
        end
        step.name, step.fn = name, fn
        step.functions = step.functions or {}
        local all = table.concat(texts, "\n")
        local from = all:find("%S")
        while from do
            local last = all:find("\n\n", from, true) or #all
            step_function(step, all:sub(from, last), pass)
            from = all:find("%S", last + 1)
        end
    end

    function share.text()
        local list = {}
        for k, entry in ipairs(functions) do
            list[k] = comment_for(entry.layers, entry.comment) .. entry.code
        end
        return table.concat(list, "\n")
    end

    return share
end
