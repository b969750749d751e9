-- Grouped convolution: groups of few filters, whose input is spread out, beside those of many.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
local function network(size, channels, filters, groups, options)
    return ("input = '%sx2', batch = 2, conv2d { %d, kernel = 1, activation = 'relu' }, conv2d { %d, groups = %d, %s }, conv2d { 2, kernel = 1 }"):format(size, channels, filters, groups, options)
end
-- Groups, channels of one, filters of one.
for _, g in ipairs {{2, 1, 2}, {2, 2, 2}, {3, 2, 3}, {8, 2, 2}, {8, 3, 1}, {9, 1, 2}, {5, 4, 3}, {17, 2, 1}, {6, 2, 3}, {4, 5, 4}, {2, 7, 8}} do
    case(("%d groups of %d to %d"):format(g[1], g[2], g[3]), network("6x7", g[1] * g[2], g[1] * g[3], g[1], "kernel = 3, padding = 'same', activation = 'relu'"))
end
for _, o in ipairs {"kernel = '3x1'", "kernel = '1x4'", "kernel = 3, stride = 2", "kernel = 2, stride = '2x1', padding = { 1, 0, 0, 2 }", "kernel = 3, dilation = '1x2', padding = 'same'", "kernel = 5, padding = 2",
                    "kernel = 7, padding = 3, bias = false", "kernel = 3, activation = 'tanh'", "kernel = 3, trainable = false", "kernel = 3, padding = 4", "kernel = '6x7'"} do
    case(o, network("6x7", 16, 16, 8, o))
    case(o .. ", filters of 3", network("8x9", 8, 12, 4, o))
end
case("four filters, large", network("9x8", 8, 16, 4, "kernel = 5, padding = 'same', activation = 'relu'"))
case("first layer", "input = '6x7x6', batch = 2, conv2d { 6, kernel = 3, groups = 3, activation = 'relu' }, flatten {}, dense { 2 }")
case("first layer with padding", "input = '6x7x6', batch = 2, conv2d { 4, kernel = 3, groups = 2, padding = 1 }, flatten {}, dense { 2 }")
case("last layer", "input = '6x7x2', batch = 2, conv2d { 6, kernel = 1 }, conv2d { 6, kernel = 3, groups = 3, stride = 2 }")
case("behind a frozen layer", "input = '6x7x6', batch = 2, conv2d { 6, kernel = 1, trainable = false }, conv2d { 6, kernel = 3, groups = 3 }, flatten {}, dense { 2 }")
case("below a pool", "input = '8x8x2', batch = 2, conv2d { 6, kernel = 1 }, conv2d { 6, kernel = 3, groups = 3, padding = 'same', activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 2 }")
case("below a mean", "input = '8x8x2', batch = 2, conv2d { 4, kernel = 1 }, conv2d { 8, kernel = 3, groups = 4, activation = 'relu' }, avgpool2d { 2 }, flatten {}, dense { 2 }")
case("with a norm", "input = '7x6x2', batch = 3, conv2d { 6, kernel = 1 }, conv2d { 6, kernel = 3, groups = 3, bias = false }, batch_norm { activation = 'relu' }, flatten {}, dense { 2 }")
case("read by others", "input = '7x6x2', batch = 2, conv2d { 6, kernel = 1, activation = 'relu' }, residual { conv2d { 6, kernel = 3, groups = 3, padding = 'same' } }, concat { {}, { conv2d { 6, kernel = 5, groups = 6, padding = 2 } } }, flatten {}, dense { 2 }")
case("1D", "input = '19x6', batch = 2, conv1d { 6, kernel = 3, groups = 3, activation = 'relu' }, conv1d { 12, kernel = 4, groups = 6, stride = 2 }, flatten {}, dense { 2 }")
case("depthwise, twice as many", "input = '9x8x4', batch = 2, depthwise_conv2d { 3, multiplier = 2, activation = 'relu' }, depthwise_conv2d { 3, multiplier = 3, stride = 2, padding = 1 }, flatten {}, dense { 2 }")
return cases
