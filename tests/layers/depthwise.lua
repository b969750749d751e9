-- Depthwise convolution: a kernel for each channel.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
local two = "conv2d { 2, kernel = 1 }"
for _, c in ipairs {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 19, 24, 33} do
    case(c .. " channels", ("input = '7x8x2', batch = 2, conv2d { %d, kernel = 1, activation = 'relu' }, depthwise_conv2d { 3, padding = 'same', activation = 'relu' }, %s"):format(c, two))
end
for _, o in ipairs {"1", "2", "'1x3'", "'3x1'", "5", "'2x5'", "3, stride = 2", "3, stride = 2, padding = 'same'", "3, stride = '1x2', padding = 1", "3, stride = 3", "3, dilation = 2", "'3x2', dilation = '1x2', padding = {1, 0, 2, 1}",
                    "3, bias = false", "3, trainable = false", "2, padding = 3", "3, activation = 'tanh'", "3, activation = 'gelu'", "3, activation = 'softmax'", "4, stride = 2, dilation = 2, padding = 'same'"} do
    for _, c in ipairs {6, 16} do
        case(("%s of %d channels"):format(o, c), ("input = '9x10x2', batch = 2, conv2d { %d, kernel = 2, activation = 'relu' }, depthwise_conv2d { %s }, %s"):format(c, o, two))
    end
end
for _, m in ipairs {2, 3, 4, 8} do
    for _, c in ipairs {1, 3, 4} do
        case(("multiplier %d of %d channels"):format(m, c), ("input = '6x5x%d', batch = 2, depthwise_conv2d { 3, multiplier = %d, padding = 'same', activation = 'relu' }, depthwise_conv2d { 2 }, %s"):format(c, m, two))
    end
end
for _, w in ipairs {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 18} do
    case(w .. " columns", ("input = '4x%dx2', batch = 2, conv2d { 8, kernel = 1 }, depthwise_conv2d { 3, padding = 'same' }, %s"):format(w, two))
end
for _, c in ipairs {3, 5, 8, 16} do
    case("first layer, " .. c, ("input = '5x6x%d', batch = 2, depthwise_conv2d { 2 }, flatten {}, dense { 2 }"):format(c))
    case("first layer with padding, " .. c, ("input = '5x6x%d', batch = 2, depthwise_conv2d { 3, padding = 1 }, flatten {}, dense { 2 }"):format(c))
    case("as groups, " .. c, ("input = '5x6x2', batch = 2, conv2d { %d, kernel = 1 }, conv2d { %d, kernel = 3, groups = %d, padding = 'same', activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 2 }"):format(c, c, c))
    case("last, " .. c, ("input = '5x6x2', batch = 2, conv2d { %d, kernel = 1 }, depthwise_conv2d { 3 }"):format(c))
end
for _, k in ipairs {1, 3, 15} do
    case("1D, kernel " .. k, ("input = '19x6', batch = 2, depthwise_conv1d { %d, padding = 'same', activation = 'relu' }, conv1d { 16, kernel = 1 }, depthwise_conv1d { %d, stride = 2, padding = 'same' }, flatten {}, dense { 2 }"):format(k, k))
end
case("norms", "input = '7x6x3', batch = 2, conv2d { 8, kernel = 3, stride = 2, padding = 1, bias = false }, batch_norm { activation = 'relu' }, depthwise_conv2d { 3, padding = 1, bias = false }, batch_norm { activation = 'relu' }, conv2d { 16, kernel = 1, bias = false }, batch_norm { activation = 'relu6' }, depthwise_conv2d { 3, stride = 2, padding = 1 }, batch_norm {}, global_avgpool2d {}, dense { 2 }")
case("a pool behind it", "input = '8x8x2', batch = 2, conv2d { 8, kernel = 1 }, depthwise_conv2d { 3, activation = 'relu' }, maxpool2d { 2 }, depthwise_conv2d { 2 }, avgpool2d { 2 }, flatten {}, dense { 2 }")
case("inverted residual, relu", "input = '6x6x3', batch = 2, conv2d { 8, kernel = 1 }, residual { conv2d { 20, kernel = 1, activation = 'relu' }, depthwise_conv2d { 3, padding = 'same', activation = 'relu' }, conv2d { 8, kernel = 1 } }, " .. two)
case("inverted residual", "input = '6x6x3', batch = 2, conv2d { 8, kernel = 1 }, residual { conv2d { 20, kernel = 1, activation = 'relu6' }, depthwise_conv2d { 3, padding = 'same', activation = 'relu6' }, conv2d { 8, kernel = 1 } }, " .. two)
return cases
