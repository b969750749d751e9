-- json.lua - reads JSON: objects and arrays become tables (arrays with their length in n), null becomes json.null.
local json = {null = setmetatable({}, {__tostring = function() return "null" end})}
local escapes = {b = "\b", f = "\f", n = "\n", r = "\r", t = "\t"}
local read

local function expect(text, at, pattern, what)
    local first, last, found = text:find("^%s*(" .. pattern .. ")%s*", at)
    return found or error(("JSON: %s expected at byte %d, not '%s'"):format(what, at, text:sub(at, at + 20)), 0), first and last + 1
end

local function read_string(text, at)
    local parts = {}
    at = at + 1
    while true do
        local plain, stop = text:match('^([^"\\]*)(["\\])', at)
        if not plain then
            error("JSON: a string without an end", 0)
        end
        parts[#parts + 1] = plain
        at = at + #plain + 1
        if stop == '"' then
            return table.concat(parts), at
        end
        local kind = text:sub(at, at)
        local code = kind == "u" and text:match("^u(%x%x%x%x)", at)
        parts[#parts + 1] = code and utf8.char(tonumber(code, 16)) or escapes[kind] or kind
        at = at + (code and 5 or 1)
    end
end

-- Items between brackets: `item` reads one and returns the place behind it.
local function read_items(text, at, close, item)
    local mark
    at = at + 1
    if text:match("^%s*(" .. close .. ")", at) then
        return select(2, expect(text, at, close, close))
    end
    repeat
        at = item(at)
        mark, at = expect(text, at, "[," .. close .. "]", "a comma or " .. close)
    until mark ~= ","
    return at
end

local function read_array(text, at)
    local list = {n = 0}
    return list, read_items(text, at, "%]", function(place)
        list.n = list.n + 1
        list[list.n], place = read(text, place)
        return place
    end)
end

local function read_object(text, at)
    local object = {}
    return object, read_items(text, at, "}", function(place)
        local key
        place = text:match("^%s*()", place)
        key, place = read_string(text, place)
        place = select(2, expect(text, place, ":", "a colon"))
        object[key], place = read(text, place)
        return place
    end)
end

local words = {["true"] = true, ["false"] = false, null = json.null}

-- The value at a place of the text, and the place behind it.
function read(text, at)
    at = text:match("^%s*()", at)
    local first = text:sub(at, at)
    if first == "{" then
        return read_object(text, at)
    elseif first == "[" then
        return read_array(text, at)
    elseif first == '"' then
        return read_string(text, at)
    end
    local word = text:match("^%a+", at)
    if words[word] ~= nil then
        return words[word], at + #word
    end
    local number = text:match("^-?[%d.eE+-]+", at)
    return tonumber(number) or error(("JSON: no value at byte %d: '%s'"):format(at, text:sub(at, at + 20)), 0), at + #number
end

function json.read(text)
    return (read(text, 1))
end

-- One value behind the other, as a list.
function json.read_all(text)
    local list, at = {}, 1
    while text:find("%S", at) do
        list[#list + 1], at = read(text, at)
    end
    return list
end

return json
