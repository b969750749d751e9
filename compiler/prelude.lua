-- prelude.lua - blocks that specs call like layers: each takes one table and returns layers.
local blocks = {}
local required = {}

-- The options of a block by name: what was given, else the default. `known` lists {name, default}; the first may be given without its name.
local function options(block, given, known)
    local o, list = {}, {}
    for k, option in ipairs(known) do
        local name, default = option[1], option[2]
        local value = given[name]
        if k == 1 and value == nil then
            value = given[1]
        end
        if value == nil and default == required then
            error(block .. ": " .. name .. " is missing", 0)
        end
        if value == nil then
            value = default
        end
        list[k], o[name] = name, value
    end
    for _, name in ipairs(names(given)) do
        local found = false
        for _, other in ipairs(list) do
            found = found or name == other
        end
        if not found then
            local near = nearest(name, list)
            error(block .. ": unknown option '" .. name .. "'" .. (near and "; did you mean '" .. near .. "'?" or ""), 0)
        end
    end
    if given[2] ~= nil then
        error(block .. ": takes one value without a name (" .. list[1] .. ")", 0)
    end
    return o
end

-- Convolution, batch norm, activation.
function blocks.conv_bn(given)
    local o = options("conv_bn", given, {{"filters", required}, {"kernel", required}, {"stride", 1}, {"padding", "same"}, {"dilation", 1},
                                         {"groups", 1}, {"bias", false}, {"activation", "relu"}, {"momentum", 0.99}, {"epsilon", 1e-3}, {"name"}})
    return {
        conv2d { o.filters, kernel = o.kernel, stride = o.stride, padding = o.padding, dilation = o.dilation, groups = o.groups, bias = o.bias, name = o.name },
        batch_norm { activation = o.activation, momentum = o.momentum, epsilon = o.epsilon, name = o.name and o.name .. "_bn" },
    }
end

-- Depthwise convolution, batch norm, activation.
function blocks.depthwise_bn(given)
    local o = options("depthwise_bn", given, {{"kernel", required}, {"stride", 1}, {"padding", "same"}, {"bias", false}, {"activation", "relu"}})
    return {
        depthwise_conv2d { o.kernel, stride = o.stride, padding = o.padding, bias = o.bias },
        batch_norm { activation = o.activation },
    }
end

-- Each channel by itself, then across channels (Chollet 2017).
function blocks.separable_conv2d(given)
    local o = options("separable_conv2d", given, {{"filters", required}, {"kernel", required}, {"stride", 1}, {"padding", "valid"}, {"dilation", 1},
                                                  {"multiplier", 1}, {"activation", "linear"}, {"bias", true}, {"name"}})
    return {
        depthwise_conv2d { kernel = o.kernel, stride = o.stride, padding = o.padding, dilation = o.dilation, multiplier = o.multiplier, bias = false,
                           name = o.name and o.name .. "_depthwise" },
        conv2d { o.filters, kernel = 1, activation = o.activation, bias = o.bias, name = o.name },
    }
end

-- A convolution and a norm with the numbers of the ResNets that PyTorch trains.
local function torch_conv(o, filters, kernel, stride, activation)
    return blocks.conv_bn { filters, kernel = kernel, stride = stride, padding = kernel // 2, bias = o.bias, activation = activation, momentum = 0.9, epsilon = 1e-5 }
end

-- Two 3x3 convolutions around a shortcut, which is projected where the shape changes (He et al. 2015, ResNet-18 and -34).
function blocks.basic_block(given)
    local o = options("basic_block", given, {{"filters", required}, {"stride", 1}, {"project", false}, {"bias", false}, {"activation", "relu"}})
    return residual {
        torch_conv(o, o.filters, 3, o.stride, o.activation),
        torch_conv(o, o.filters, 3, 1, "linear"),
        shortcut = o.project and torch_conv(o, o.filters, 1, o.stride, "linear") or nil,
        activation = o.activation,
    }
end

-- 1x1, 3x3, 1x1 around a shortcut (He et al. 2015, ResNet-50 and deeper); the stride is that of the 3x3, as in PyTorch, or
-- with stride_first that of the first 1x1, as in the paper and in Keras.
function blocks.bottleneck(given)
    local o = options("bottleneck", given, {{"filters", required}, {"stride", 1}, {"stride_first", false}, {"expansion", 4}, {"project", false}, {"bias", false}, {"activation", "relu"}})
    local out = o.filters * o.expansion
    return residual {
        torch_conv(o, o.filters, 1, o.stride_first and o.stride or 1, o.activation),
        torch_conv(o, o.filters, 3, o.stride_first and 1 or o.stride, o.activation),
        torch_conv(o, out, 1, 1, "linear"),
        shortcut = o.project and torch_conv(o, out, 1, o.stride, "linear") or nil,
        activation = o.activation,
    }
end

-- Wide inside, narrow at both ends (Sandler et al. 2018, MobileNetV2); `channels` are those of the input.
function blocks.inverted_residual(given)
    local o = options("inverted_residual", given, {{"filters", required}, {"channels", required}, {"expansion", 6}, {"stride", 1}, {"kernel", 3},
                                                   {"padding", "same"}, {"activation", "relu6"}})
    local layers = {}
    if o.expansion ~= 1 then
        layers[1] = blocks.conv_bn { o.channels * o.expansion, kernel = 1, activation = o.activation }
    end
    layers[#layers + 1] = blocks.depthwise_bn { o.kernel, stride = o.stride, padding = o.padding, activation = o.activation }
    layers[#layers + 1] = blocks.conv_bn { o.filters, kernel = 1, activation = "linear" }
    return o.stride == 1 and o.filters == o.channels and residual(layers) or layers
end

-- Squeeze to few channels, expand with 1x1 and 3x3 side by side (Iandola et al. 2016, SqueezeNet).
function blocks.fire(given)
    local o = options("fire", given, {{"squeeze", required}, {"expand", required}, {"activation", "relu"}})
    return {
        conv2d { o.squeeze, kernel = 1, activation = o.activation },
        concat {
            { conv2d { o.expand, kernel = 1, activation = o.activation } },
            { conv2d { o.expand, kernel = 3, padding = "same", activation = o.activation } },
        },
    }
end

-- 1x1, 3x3, 5x5 and a pool side by side (Szegedy et al. 2014, GoogLeNet); c3 and c5 are {before, behind}.
function blocks.inception(given)
    local o = options("inception", given, {{"c1", required}, {"c3", required}, {"c5", required}, {"pool", required}, {"activation", "relu"}})
    local function conv(filters, kernel)
        return conv2d { filters, kernel = kernel, padding = "same", activation = o.activation }
    end
    return concat {
        { conv(o.c1, 1) },
        { conv(o.c3[1], 1), conv(o.c3[2], 3) },
        { conv(o.c5[1], 1), conv(o.c5[2], 5) },
        { maxpool2d { 3, stride = 1, padding = "same" }, conv(o.pool, 1) },
    }
end

-- Every channel is scaled by what the whole image says (Hu et al. 2017); `channels` are those of the input.
function blocks.squeeze_excite(given)
    local o = options("squeeze_excite", given, {{"channels", required}, {"ratio", 16}, {"activation", "relu"}, {"gate", "sigmoid"}})
    return mul {
        {},
        { global_avgpool2d {}, dense { math.max(1, o.channels // o.ratio), activation = o.activation }, dense { o.channels, activation = o.gate } },
    }
end

return blocks
