-- Pools behind a convolution (where they may run inside it), with every kind of activation between, and on their own.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
for _, pool in ipairs {"maxpool2d", "avgpool2d"} do
    for _, o in ipairs {"2", "3", "'2x3'", "'1x2'", "2, stride = 1", "3, stride = 2", "2, stride = 3", "3, padding = 'same'",
                        "3, stride = 1, padding = 'same'", "2, padding = 1", "3, stride = 2, padding = {1, 0, 2, 1}", "'4x1'"} do
        case(pool .. " " .. o, ("input = '7x8x2', batch = 2, conv2d { 5, kernel = 2 }, %s { %s }, conv2d { 3, kernel = 1 }"):format(pool, o))
    end
    for _, a in ipairs {"relu", "tanh", "leaky_relu", "gelu", "hard_swish", "softmax", "sigmoid", "thresholded_relu", "softsign"} do
        case(pool .. " behind " .. a, ("input = '6x6x1', conv2d { 4, kernel = 3, activation = '%s' }, %s { 2 }, flatten {}, dense { 2 }"):format(a, pool))
        case(pool .. " behind a layer of " .. a, ("input = '6x6x1', conv2d { 4, kernel = 3 }, %s {}, %s { 2 }, flatten {}, dense { 2 }"):format(a, pool))
    end
    for _, c in ipairs {1, 2, 4, 7, 16, 19, 33} do
        case(pool .. " of " .. c .. " channels", ("input = '5x6x1', conv2d { %d, kernel = 2, activation = 'relu' }, %s { 2 }, conv2d { 2, kernel = 1 }"):format(c, pool))
    end
    case(pool .. " behind another", ("input = '9x9x1', conv2d { 3, kernel = 2 }, %s { 2 }, %s { 2 }, flatten {}, dense { 2 }"):format(pool, pool))
    case(pool .. " then padding", ("input = '6x6x1', conv2d { 3, kernel = 3, activation = 'relu' }, %s { 2 }, conv2d { 4, kernel = 3, padding = 'same' }"):format(pool))
    case(pool .. " twenty columns", ("input = '5x41x1', conv2d { 17, kernel = 2, activation = 'relu' }, %s { 2 }, conv2d { 1, kernel = 1 }"):format(pool))
end
-- Few filters: lanes are columns of the pool, every place of a window has a vector of its own.
for k, o in ipairs {"2", "3", "'1x2'", "'3x1'", "'2x1'", "'2x4'"} do
    for _, f in ipairs {1, 2, 3, 4, 5} do
        local w = 9 + 3 * f + 8 * k
        case("few filters, " .. f .. ", window " .. o, ("input = '8x%dx%d', batch = 2, conv2d { %d, kernel = 3, padding = 'same', activation = 'relu' }, %s { %s }, conv2d { 2, kernel = '1x2', padding = 1 }"):format(w, k % 3 + 1, f, (f + k) % 4 == 0 and "avgpool2d" or "maxpool2d", o))
    end
end
for k, o in ipairs {"kernel = '5x2'", "kernel = 3, stride = 2, padding = 1", "kernel = 3, stride = '1x2'", "kernel = 3, stride = 3", "kernel = 2, dilation = '2x1'", "kernel = 2, dilation = '1x3'", "kernel = 1",
                    "kernel = 3, groups = 2", "kernel = '1x7', bias = false", "kernel = '7x1'", "kernel = 4, trainable = false", "kernel = 5", "kernel = '3x12'"} do
    for _, c in ipairs {2, 6} do
        case("few filters pooled of " .. c .. " channels, " .. o, ("input = '12x%dx%d', batch = 2, conv2d { %d, %s, activation = 'leaky_relu' }, maxpool2d { 2 }, conv2d { %d, kernel = 1 }, maxpool2d { '1x2' }, flatten {}, dense { 2 }"):format(38 + 2 * k, c, k % 4 + 2, o, k % 3 + 3))
    end
end
for _, a in ipairs {"relu6", "softmax", "gelu", "elu"} do
    case("few filters, pools behind " .. a, ("input = '6x21x1', batch = 2, conv2d { 2, kernel = 2, activation = '%s' }, maxpool2d { 2 }, conv2d { 2, kernel = 1, activation = '%s' }, avgpool2d { 2 }"):format(a, a))
end
case("few filters pooled of 8 channels", "input = '6x20x8', batch = 2, conv2d { 4, kernel = 3, padding = 'same', activation = 'relu' }, maxpool2d { 2 }, conv2d { 2, kernel = 1 }")
case("few filters pooled in 1D", "input = '71x3', batch = 2, conv1d { 5, kernel = 4, activation = 'relu' }, maxpool1d { 3 }, conv1d { 4, kernel = 3, padding = 'same', activation = 'relu' }, maxpool1d { 2 }, flatten {}, dense { 2 }")
-- Two convolutions, so that the one with the pool sends a gradient down: sparse where its input fills vectors, dense elsewhere.
for _, c in ipairs {3, 16, 32, 48} do
    for _, o in ipairs {"2", "'1x3'", "3", "'3x1'"} do
        case("pooled convolution of " .. c .. " channels, window " .. o, ("input = '9x10x1', batch = 3, conv2d { %d, kernel = 2, activation = 'relu' }, conv2d { 9, kernel = 3, activation = 'relu' }, maxpool2d { %s }, flatten {}, dense { 2 }"):format(c, o))
    end
end
for _, o in ipairs {"kernel = '5x2', padding = 'same'", "kernel = 3, stride = 2", "kernel = 3, stride = '1x2', padding = 1", "kernel = 2, dilation = '2x1'",
                    "kernel = 2, dilation = 2", "kernel = 1", "kernel = 3, groups = 2", "kernel = '1x7'", "kernel = '7x1'", "kernel = 3, bias = false"} do
    case("pooled convolution, " .. o, ("input = '10x11x2', batch = 2, conv2d { 16, kernel = 3, activation = 'tanh' }, conv2d { 18, %s, activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 2 }"):format(o))
end
case("pooled convolution in 1D", "input = '23x3', batch = 2, conv1d { 16, kernel = 3, activation = 'relu' }, conv1d { 5, kernel = 4, activation = 'relu' }, maxpool1d { 3 }, flatten {}, dense { 2 }")
case("pooled convolution that is frozen", "input = '9x9x1', batch = 2, conv2d { 16, kernel = 2 }, conv2d { 6, kernel = 3, activation = 'relu', trainable = false }, maxpool2d { 2 }, flatten {}, dense { 2 }")
case("pooled convolution alone", "input = '9x9x16', batch = 2, conv2d { 6, kernel = 3, activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 2 }")
case("count_padding", "input = '5x5x2', conv2d { 3, kernel = 1 }, avgpool2d { 3, padding = 'same', count_padding = true }, conv2d { 2, kernel = 1 }")
case("global max", "input = '4x5x2', batch = 3, conv2d { 6, kernel = 2 }, global_maxpool2d {}, dense { 2 }")
case("global average", "input = '4x5x2', batch = 3, conv2d { 6, kernel = 2 }, global_avgpool2d {}, dense { 2 }")
case("global in 1D", "input = '12x2', conv1d { 5, kernel = 3 }, global_avgpool1d {}, dense { 2 }")
case("pool first", "input = '6x6x3', maxpool2d { 2 }, conv2d { 4, kernel = 2 }")
case("pool in 1D", "input = '13x3', conv1d { 5, kernel = 2 }, maxpool1d { 3, padding = 'same' }, conv1d { 2, kernel = 1 }")
case("average in 1D", "input = '13x3', conv1d { 5, kernel = 2 }, avgpool1d { 3, stride = 2, padding = 1 }, conv1d { 2, kernel = 1 }")
return cases
