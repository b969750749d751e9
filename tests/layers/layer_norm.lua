-- Layer norm: mean and variance over the channels of each pixel, or over all values of a flat input.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
for _, c in ipairs {2, 3, 4, 5, 7, 8, 11, 15, 16, 17, 19, 32, 33} do
    case("behind a convolution of " .. c, ("input = '5x6x2', batch = 3, conv2d { %d, kernel = 2 }, layer_norm {}, conv2d { 2, kernel = 1 }"):format(c))
end
for _, c in ipairs {3, 8, 17} do
    case("with borders, " .. c, ("input = '4x5x2', batch = 2, conv2d { %d, kernel = 3, padding = 1 }, layer_norm { activation = 'relu' }, conv2d { 3, kernel = 3, padding = 'same' }"):format(c))
end
for _, o in ipairs {"scale = false", "center = false", "scale = false, center = false", "epsilon = 0.1", "trainable = false", "trainable = false, scale = false",
                    "trainable = false, activation = 'relu'"} do
    case(o, "input = '5x6x2', batch = 3, conv2d { 5, kernel = 2 }, layer_norm { " .. o .. " }, conv2d { 2, kernel = 1 }")
end
for _, a in ipairs {"sigmoid", "softmax", "gelu", "leaky_relu", "relu"} do
    case("with " .. a, ("input = '4x5x2', batch = 2, conv2d { 4, kernel = 2 }, layer_norm { activation = '%s' }, conv2d { 2, kernel = 1 }"):format(a))
    case("a layer of " .. a .. " behind it", ("input = '4x5x2', batch = 2, conv2d { 6, kernel = 2 }, layer_norm {}, %s {}, flatten {}, dense { 2 }"):format(a))
end
case("first", "input = '6x5x3', batch = 3, layer_norm {}, conv2d { 4, kernel = 3, padding = 'same' }, flatten {}, dense { 2 }")
case("first, five channels", "input = '4x5x5', batch = 3, layer_norm {}, conv2d { 4, kernel = 3 }")
case("first, a vector of channels", "input = '3x2x16', batch = 2, layer_norm {}, flatten {}, dense { 2 }")
case("alone", "input = '4x3x5', batch = 2, layer_norm {}")
case("last", "input = '5', batch = 3, dense { 7 }, layer_norm {}")
case("last, softmax", "input = '5', batch = 3, dense { 7 }, layer_norm { activation = 'softmax' }")
case("last, sigmoid", "input = '5', batch = 3, dense { 7 }, layer_norm { activation = 'sigmoid' }")
case("two values", "input = '3', batch = 2, dense { 2 }, layer_norm {}, dense { 2 }")
case("one pixel", "input = '3x3x2', batch = 2, conv2d { 9, kernel = 3 }, layer_norm {}, flatten {}, dense { 2 }")
case("behind dense layers", "input = '9', batch = 4, dense { 17 }, layer_norm { activation = 'relu' }, dense { 33, bias = false }, layer_norm {}, dense { 3, activation = 'softmax' }")
case("behind flatten", "input = '5x4x3', batch = 2, conv2d { 7, kernel = 2 }, flatten {}, layer_norm {}, dense { 2 }")
case("1D", "input = '11x3', batch = 2, conv1d { 6, kernel = 3 }, layer_norm { activation = 'relu' }, maxpool1d { 2 }, conv1d { 2, kernel = 3 }")
case("frozen below everything", "input = '5x5x2', batch = 2, conv2d { 5, kernel = 2, trainable = false }, layer_norm { trainable = false }, flatten {}, dense { 2 }")
case("only the shift is trained below", "input = '5x5x2', batch = 2, conv2d { 5, kernel = 2, trainable = false }, layer_norm { scale = false }, flatten {}, dense { 2 }")
case("lowest trained", "input = '5x5x2', batch = 2, conv2d { 17, kernel = 2, trainable = false }, layer_norm {}, flatten {}, dense { 2 }")
case("twice", "input = '5x5x2', batch = 2, conv2d { 5, kernel = 2 }, layer_norm {}, layer_norm { activation = 'relu' }, flatten {}, dense { 2 }")
case("behind a pool", "input = '6x6x2', batch = 2, conv2d { 6, kernel = 3, activation = 'relu' }, maxpool2d { 2 }, layer_norm {}, flatten {}, dense { 2 }")
case("with batch norm", "input = '6x6x2', batch = 3, conv2d { 8, kernel = 3, padding = 1, bias = false }, layer_norm {}, batch_norm { activation = 'relu' }, layer_norm {}, flatten {}, dense { 2 }")
case("like ConvNeXt", "input = '6x6x3', batch = 2, conv2d { 16, kernel = 2, stride = 2 }, layer_norm {}, residual { depthwise_conv2d { 3, padding = 'same' }, layer_norm {}, conv2d { 32, kernel = 1, activation = 'gelu' }, conv2d { 16, kernel = 1 } }, global_avgpool2d {}, layer_norm {}, dense { 3, activation = 'softmax' }")
case("two readers", "input = '6x6x2', batch = 2, conv2d { 4, kernel = 3, padding = 1, name = 'a' }, layer_norm {}, add { {}, 'a' }, concat { { layer_norm {} }, { relu {} } }, flatten {}, dense { 2 }")
case("of a part of a picture", "input = '7x6x2', batch = 2, conv2d { 5, kernel = 2 }, cropping2d { {1, 2, 0, 1} }, layer_norm {}, conv2d { 3, kernel = 3, padding = 1 }, cropping2d { 1 }, layer_norm {}, flatten {}, dense { 2 }")
case("between layers that change sizes", "input = '3x4x2', batch = 2, conv2d_transpose { 5, kernel = 2, stride = 2 }, layer_norm {}, upsample2d { 2 }, layer_norm {}, conv2d { 3, kernel = 3, stride = 2 }, flatten {}, dense { 2 }")
case("one sample", "input = '5x6x2', conv2d { 5, kernel = 2 }, layer_norm { activation = 'relu' }, flatten {}, dense { 2 }")
for _, o in ipairs {"momentum { 0.1, weight_decay = 0.1 }", "adam { 0.01, clip_norm = 0.1 }"} do
    case("with " .. o, "input = '5x5x2', batch = 2, optimizer = " .. o .. ", conv2d { 5, kernel = 2 }, layer_norm {}, flatten {}, dense { 2 }")
end
return cases
