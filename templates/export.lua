-- export.lua - what both Python files need: names, numbers, tuples, who reads whom.
local P = {}

local keywords = {}
for word in ([[False None True and as assert async await break class continue def del elif except finally from global if import in is
    lambda nonlocal not or pass raise return try while with yield]]):gmatch("%S+") do
    keywords[word] = true
end

-- A Python name for every layer, none of which is a keyword or among `taken`.
function P.names(model, taken)
    local used, names = {}, {}
    for word in taken:gmatch("%S+") do
        used[word] = true
    end
    for i, layer in ipairs(model.layers) do
        local name = layer.name
        while used[name] or keywords[name] do
            name = name .. "_"
        end
        used[name], names[i] = true, name
    end
    return names
end

-- The shortest number that Python reads back as the same.
function P.number(x)
    if math.type(x) == "integer" then
        return tostring(x)
    end
    local text = ("%.15g"):format(x)
    if tonumber(text) ~= x then
        text = ("%.17g"):format(x)
    end
    return text
end

function P.tuple(list)
    return "(" .. table.concat(list, ", ") .. (#list == 1 and ",)" or ")")
end

-- A size: one number when it is square or has one axis.
function P.size(size, dims)
    return (dims == 1 or size.h == size.w) and tostring(size.w) or P.tuple {size.h, size.w}
end

function P.is_one(size)
    return size.h == 1 and size.w == 1
end

-- A shape without its samples, as cnngen has it.
function P.dims(shape)
    return shape.rank == 3 and {shape.h, shape.w, shape.c} or shape.rank == 2 and {shape.w, shape.c} or {shape.c}
end

function P.is_padded(padding)
    return padding.top + padding.bottom + padding.left + padding.right > 0
end

-- The sizes of a sample as the caller has it.
function P.input_dims(model)
    local dims = P.dims(model.input)
    if model.planar then
        table.insert(dims, 1, table.remove(dims))
    end
    return dims
end

-- The same on both sides of each axis.
function P.is_even(padding)
    return padding.top == padding.bottom and padding.left == padding.right
end

-- What each layer's output is read by: readers[i] of layer i, readers[0] of the input.
function P.readers(model)
    local readers = {}
    for i = 0, #model.layers do
        readers[i] = {}
    end
    for i, layer in ipairs(model.layers) do
        for _, from in ipairs(layer.inputs) do
            table.insert(readers[from], i)
        end
    end
    return readers
end

-- Where each output is kept: in x when the next layer is the only one that reads it, else under the name of its layer.
function P.variables(model, names, readers)
    local variables = {}
    for i = 0, #model.layers do
        local list, only = readers[i], true
        for _, reader in ipairs(list) do
            only = only and reader == i + 1
        end
        variables[i] = only and "x" or i == 0 and "image" or names[i]
    end
    return variables
end

-- The shape of input k of a layer.
function P.input_shape(model, layer, k)
    local from = layer.inputs[k]
    return from == 0 and model.input or model.layers[from].y
end

-- One value for each channel, to be multiplied with an image.
function P.is_factor(shape, layer)
    return shape.h == 1 and shape.w == 1 and shape.rank == 1 and layer.y.rank > 1
end

-- A kind that nobody has written down here is an error, not a layer left out.
function P.check(layer, known)
    if not known and layer.kind ~= layer.activation then
        error(layer.name .. ": export does not know the layer kind " .. layer.kind, 0)
    end
end

-- The optimizer as a call in `module`: `arguments` come first, `words` are what its options are called there.
function P.optimizer(o, module, arguments, words)
    local num, class = P.number, ({rmsprop = "RMSprop", adam = "Adam", adamw = "AdamW"})[o.name] or "SGD"
    local a = {table.unpack(arguments)}
    local function add(word, value)
        a[#a + 1] = word .. value
    end
    add(words.lr, num(o.lr))
    if o.name == "momentum" or o.name == "nesterov" then
        add("momentum=", num(o.momentum))
    end
    if o.name == "nesterov" then
        add("nesterov=", "True")
    end
    if o.name == "rmsprop" then
        add(words.rho, num(o.rho))
    elseif class ~= "SGD" then
        add("", words.betas:format(num(o.beta1), num(o.beta2)))
    end
    if class ~= "SGD" then
        add(words.epsilon, num(o.epsilon))
    end
    if o.weight_decay > 0 or o.name == "adamw" then
        add("weight_decay=", num(o.weight_decay))
    end
    if o.clip_norm > 0 and words.clip_norm then
        add(words.clip_norm, num(o.clip_norm))
    end
    return ("%s.%s(%s)"):format(module, class, table.concat(a, ", "))
end

-- Lines of at most 110 columns of a list of numbers.
function P.values(list)
    local lines, line = {}, ""
    for i, x in ipairs(list) do
        local text = P.number(x) .. (i < #list and "," or "")
        if #line + #text > 100 then
            lines[#lines + 1], line = line, ""
        end
        line = line .. (line ~= "" and " " or "") .. text
    end
    lines[#lines + 1] = line
    return table.concat(lines, "\n            ")
end

-- The rows of the table of layers.
function P.rows(model)
    local rows, width, lines = {{"layer", "kind", "output", "parameters"}}, {}, {}
    for _, layer in ipairs(model.layers) do
        local kind = layer.kind .. ((layer.activation ~= "linear" and layer.activation ~= layer.kind) and " " .. layer.activation or "")
        rows[#rows + 1] = {layer.name, kind, layer.y.text, tostring(layer.params)}
    end
    rows[#rows + 1] = {"total", "", "", tostring(model.param_count)}
    for _, row in ipairs(rows) do
        for k, cell in ipairs(row) do
            width[k] = math.max(width[k] or 0, #cell)
        end
    end
    for _, row in ipairs(rows) do
        local line = ""
        for k, cell in ipairs(row) do
            local space = (" "):rep(width[k] - #cell)
            line = line .. "  " .. (k < 4 and cell .. space or space .. cell)
        end
        lines[#lines + 1] = line
    end
    return lines
end

-- The spec's file name, as text that cannot end a string.
function P.file_name(model)
    return (model.spec:gsub("[^%w%._%- ]", "_"))
end

return P
