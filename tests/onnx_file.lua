-- onnx_file.lua - as much of ONNX's file format (protobuf) as the tests need: fields, tensors, names.
local wire = {}

function wire.varint(n)
    local bytes = {}
    repeat
        local more = n >> 7
        bytes[#bytes + 1] = string.char((n & 127) | (more ~= 0 and 128 or 0))
        n = more
    until n == 0
    return table.concat(bytes)
end

-- A field of bytes.
function wire.field(number, bytes)
    return wire.varint(number << 3 | 2) .. wire.varint(#bytes) .. bytes
end

local function read_varint(text, at)
    local n, shift = 0, 0
    while true do
        local byte = text:byte(at)
        n, at, shift = n | (byte & 127) << shift, at + 1, shift + 7
        if byte < 128 then
            return n, at
        end
    end
end

-- Iterates over the fields of a message: number, value (an integer, or bytes).
function wire.fields(text)
    local at = 1
    return function()
        if at > #text then
            return nil
        end
        local tag, value, size
        tag, at = read_varint(text, at)
        local kind = tag & 7
        if kind == 0 then
            value, at = read_varint(text, at)
        elseif kind == 2 then
            size, at = read_varint(text, at)
            value, at = text:sub(at, at + size - 1), at + size
        else
            size = kind == 1 and 8 or 4
            value, at = text:sub(at, at + size - 1), at + size
        end
        return tag >> 3, value
    end
end

-- The inputs of a model that are no initializers, in order.
function wire.input_names(model)
    local names, known = {}, {}
    for number, graph in wire.fields(model) do
        if number == 7 then
            for field, value in wire.fields(graph) do
                for inner, name in wire.fields((field == 11 or field == 5) and value or "") do
                    if field == 11 and inner == 1 then
                        names[#names + 1] = name
                    elseif field == 5 and inner == 8 then
                        known[name] = true
                    end
                end
            end
        end
    end
    local inputs = {}
    for _, name in ipairs(names) do
        inputs[#inputs + 1] = not known[name] and name or nil
    end
    return inputs
end

local formats = {[1] = "<f", [6] = "<i4", [7] = "<i8", [11] = "<d", [9] = "B"}

-- The numbers of a tensor, and its shape.
function wire.tensor(text)
    local values, dims, kind, raw = {}, {}, 1, nil
    local function unpack_all(format, bytes)
        for at = 1, #bytes, string.packsize(format) do
            values[#values + 1] = string.unpack(format, bytes, at)
        end
    end
    for number, value in wire.fields(text) do
        if number == 1 and math.type(value) then
            dims[#dims + 1] = value
        elseif number == 1 then
            local at = 1
            while at <= #value do
                dims[#dims + 1], at = read_varint(value, at)
            end
        elseif number == 2 then
            kind = value
        elseif number == 9 then
            raw = value
        elseif number == 4 then
            unpack_all("<f", value)
        end
    end
    if raw and formats[kind] then
        unpack_all(formats[kind], raw)
    end
    return values, dims
end

return wire
