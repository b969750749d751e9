-- reference.lua - the slow and obvious truth: runs a spec by itself and computes in double with plain loops.
--
-- It shares nothing with the compiler but the words of the specs. An image is a flat list, channels last: value (i, j, c) stands at
-- (i*w + j)*C + c + 1. A 1D shape has h = 1, a flat one h = w = 1.
local reference = {}

local shape = dofile("tests/reference/shape.lua").shape
local elementwise = dofile("tests/reference/activation.lua").elementwise
local training = dofile("tests/reference/training.lua")
local merges = dofile("tests/reference/merge.lua")
local kinds = dofile("tests/reference/layers.lua")
for name, kind in pairs(dofile("tests/reference/resize.lua")) do
    kinds[name] = kind
end
reference.step = training.step

-- Blocks of published networks, in words of their own.
local function behind(first, activation)
    return {first, {kind = "batch_norm", o = {activation = activation or "relu"}}}
end

local function conv_bn(o)
    return behind({kind = "conv2d", o = {o[1], kernel = o.kernel, stride = o.stride, padding = "same", bias = o.bias or false}}, o.activation)
end

local function depthwise_bn(o)
    return behind({kind = "depthwise_conv2d", o = {o[1], stride = o.stride, padding = "same", bias = o.bias or false}}, o.activation)
end

-- Loads the text between the braces of `model { ... }`; `before` is Lua in front of it. The result knows its layers, sizes, loss and
-- optimizer.
function reference.load(text, before)
    local env = {ipairs = ipairs, math = math, conv_bn = conv_bn, depthwise_bn = depthwise_bn}
    for _, all in ipairs {kinds, merges} do
        for name in pairs(all) do
            env[name] = function(options)
                return {kind = name, o = options}
            end
        end
    end
    for _, name in ipairs {"sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"} do
        env[name] = function(options)
            options.name = name
            options.lr = options.lr or options[1]
            return options
        end
    end
    local spec = assert(load((before or "") .. "return {" .. text .. "}", "spec", "t", env))()
    local network = {layers = {}, batch = spec.batch or 1, optimizer = spec.optimizer or {name = "sgd"},
                     input = shape(spec.input), trainable = {}, positive = {}, momentum = {}, delta = spec.huber_delta or 1}
    network.planar = spec.input_layout == "chw"
    local last, at = "linear", 0
    local named = {input = 0}
    local shapes = {[0] = network.input}
    local walk

    -- A layer behind others; returns its place among the layers.
    local function add(layer, inputs)
        local o, n = layer.o, #network.layers + 1
        local y, count, run, norm
        if merges[layer.kind] then
            local from = {}
            for k, input in ipairs(inputs) do
                from[k] = shapes[input]
            end
            y, run = merges[layer.kind](o, from)
            count = 0
        else
            y, count, run, norm = kinds[layer.kind](o, shapes[inputs[1]])
        end
        network.layers[n] = {run = run, first = at, count = count, inputs = inputs, merges = merges[layer.kind] ~= nil}
        for i = at + 1, at + count do
            network.trainable[i] = o.trainable ~= false
        end
        for i = norm and norm.first + 1 or 1, norm and norm.first + norm.count or 0 do
            network.trainable[at + i] = false
            network.positive[at + i] = i > norm.positive
            network.momentum[at + i] = norm.batch and norm.momentum or nil
        end
        network.layers[n].norm = norm
        at = at + count
        network.dropout = network.dropout or layer.kind:find("dropout", 1, true) ~= nil
        if layer.kind ~= "flatten" and layer.kind ~= "reshape" then
            last = o.activation or (elementwise[layer.kind] or layer.kind == "softmax") and layer.kind or "linear"
        end
        shapes[n] = y
        if o.name then
            named[o.name] = n
        end
        return n
    end

    -- A list of layers, one layer or the name of one, behind layer `from`; returns the last.
    function walk(item, from)
        if type(item) == "string" then
            return named[item]
        elseif not item.kind then
            from = item.from and named[item.from] or from
            for _, one in ipairs(item) do
                from = walk(one, from)
            end
            return from
        end
        from = item.o.from and named[item.o.from] or from
        if item.kind == "residual" then
            local ends = {from}
            for _, one in ipairs(item.o) do
                ends[1] = walk(one, ends[1])
            end
            ends[2] = item.o.shortcut and walk(item.o.shortcut, from) or from
            return add(item, ends)
        elseif merges[item.kind] then
            local ends = {}
            for k, branch in ipairs(item.o) do
                ends[k] = walk(branch, from)
            end
            return add(item, ends)
        end
        return add(item, {from})
    end
    local items = table.move(spec, 1, #spec, 1, {})
    network.output = shapes[walk(items, 0)]
    for n = 1, spec.freeze_until and named[spec.freeze_until] or 0 do
        local layer = network.layers[n]
        for i = layer.first + 1, layer.first + layer.count do
            network.trainable[i], network.momentum[i] = false, nil
        end
        if layer.norm then
            layer.norm.batch = false
        end
    end
    network.param_count = at
    network.loss = spec.loss or (last == "softmax" and "cross_entropy") or
        (last == "sigmoid" and "binary_cross_entropy") or "mse"
    return network
end

-- The caller's planes of a sample as pixels.
local function pixels(network, input)
    local x, out = network.input, {}
    for p = 0, network.planar and x.h * x.w - 1 or -1 do
        for c = 0, x.c - 1 do
            out[p * x.c + c + 1] = input[c * x.h * x.w + p + 1]
        end
    end
    return network.planar and out or input
end

function reference.predict(network, params, input)
    local values = {[0] = pixels(network, input)}
    for n, layer in ipairs(network.layers) do
        local w = table.move(params, layer.first + 1, layer.first + layer.count, 1, {})
        local all = {}
        for k, from in ipairs(layer.inputs) do
            all[k] = values[from]
        end
        values[n] = layer.merges and layer.run(all) or layer.run(all[1], w)
    end
    return values[#network.layers]
end

-- Training mode: the outputs of all samples, and the statistics of the batch by parameter.
function reference.forward(network, params, inputs)
    local values, statistics = {[0] = {}}, {}
    for s, input in ipairs(inputs) do
        values[0][s] = pixels(network, input)
    end
    for n, layer in ipairs(network.layers) do
        local w = table.move(params, layer.first + 1, layer.first + layer.count, 1, {})
        values[n] = {}
        if layer.norm and layer.norm.batch then
            local found
            values[n], found = layer.norm.batch(values[layer.inputs[1]], w)
            table.move(found, 1, #found, layer.first + layer.norm.first + 1, statistics)
        else
            for s = 1, #inputs do
                local all = {}
                for k, from in ipairs(layer.inputs) do
                    all[k] = values[from][s]
                end
                values[n][s] = layer.merges and layer.run(all) or layer.run(all[1], w)
            end
        end
    end
    return values[#network.layers], statistics
end

function reference.loss(network, output, target)
    return training.loss(network.loss, output, target, network.delta)
end

return reference
