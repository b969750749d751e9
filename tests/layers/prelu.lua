-- Slopes below zero, one for each channel, behind and before everything.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
for _, c in ipairs {1, 2, 3, 4, 5, 7, 8, 11, 15, 16, 17, 19, 32, 33} do
    case("behind a convolution of " .. c, ("input = '5x6x2', batch = 3, conv2d { %d, kernel = 2 }, prelu {}, conv2d { 2, kernel = 1 }"):format(c))
    case("with borders, " .. c, ("input = '4x5x2', batch = 2, conv2d { %d, kernel = 3, padding = 1 }, prelu {}, conv2d { 3, kernel = 3, padding = 'same' }"):format(c))
end
case("first", "input = '6x5x3', batch = 3, prelu {}, conv2d { 4, kernel = 3, padding = 'same' }, flatten {}, dense { 2 }")
case("first, five channels", "input = '6x5x5', batch = 3, prelu {}, conv2d { 4, kernel = 3 }")
case("first, a vector of channels", "input = '3x2x16', batch = 2, prelu {}, flatten {}, dense { 2 }")
case("alone", "input = '4x3x5', batch = 2, prelu {}")
case("last", "input = '5', batch = 3, dense { 7 }, prelu {}")
case("one value", "input = '1', batch = 2, dense { 1 }, prelu {}")
case("one pixel", "input = '3x3x2', batch = 2, conv2d { 9, kernel = 3 }, prelu {}, flatten {}, dense { 2 }")
case("on flat values", "input = '9', batch = 4, dense { 17 }, prelu {}, dense { 33 }, prelu {}, dense { 3, activation = 'softmax' }")
case("behind flatten", "input = '4x4x3', batch = 2, conv2d { 3, kernel = 2 }, flatten {}, prelu {}, dense { 2 }")
case("1D", "input = '11x3', batch = 2, conv1d { 6, kernel = 3 }, prelu {}, maxpool1d { 2 }, conv1d { 2, kernel = 3 }")
case("frozen", "input = '5x5x2', batch = 2, conv2d { 5, kernel = 2 }, prelu { trainable = false }, conv2d { 2, kernel = 1 }")
case("frozen, a vector of channels", "input = '5x5x2', batch = 2, conv2d { 16, kernel = 2 }, prelu { trainable = false }, conv2d { 2, kernel = 1 }")
case("alone trained", "input = '5x5x2', batch = 2, conv2d { 17, kernel = 2, trainable = false }, prelu {}, conv2d { 2, kernel = 1, trainable = false }")
case("below everything trained", "input = '5x5x2', batch = 2, conv2d { 5, kernel = 2, trainable = false }, prelu { trainable = false }, flatten {}, dense { 2 }")
case("lowest trained", "input = '5x5x2', batch = 2, conv2d { 5, kernel = 2, trainable = false }, prelu {}, flatten {}, dense { 2 }")
case("twice", "input = '5x5x2', batch = 2, conv2d { 5, kernel = 2 }, prelu {}, prelu {}, flatten {}, dense { 2 }")
for _, a in ipairs {"relu", "sigmoid", "gelu", "softmax"} do
    case("behind and before " .. a, ("input = '5x5x2', batch = 2, conv2d { 5, kernel = 2 }, %s {}, prelu {}, %s {}, flatten {}, dense { 2 }"):format(a, a))
end
case("behind batch norm", "input = '6x6x2', batch = 3, conv2d { 8, kernel = 3, padding = 1, bias = false }, batch_norm {}, prelu {}, conv2d { 8, kernel = 3, padding = 1 }, prelu {}, batch_norm {}, flatten {}, dense { 2 }")
case("before a pool", "input = '7x7x2', batch = 2, conv2d { 6, kernel = 2 }, prelu {}, maxpool2d { 2 }, flatten {}, dense { 2 }")
case("behind a pool", "input = '8x8x2', batch = 2, conv2d { 6, kernel = 3 }, maxpool2d { 2 }, prelu {}, avgpool2d { 2 }, prelu {}, global_avgpool2d {}, prelu {}, dense { 2 }")
case("in a residual", "input = '6x6x2', batch = 2, conv2d { 8, kernel = 3, padding = 1 }, prelu {}, residual { conv2d { 8, kernel = 3, padding = 1 }, prelu {}, conv2d { 8, kernel = 3, padding = 1 } }, prelu {}, global_avgpool2d {}, dense { 2 }")
case("two readers", "input = '6x6x2', batch = 2, conv2d { 4, kernel = 3, padding = 1, name = 'a' }, prelu {}, add { {}, 'a' }, concat { { prelu {} }, { relu {} } }, flatten {}, dense { 2 }")
case("of a part of a picture", "input = '7x6x2', batch = 2, conv2d { 5, kernel = 2 }, cropping2d { {1, 2, 0, 1} }, prelu {}, conv2d { 3, kernel = 3, padding = 1 }, cropping2d { 1 }, prelu {}, flatten {}, dense { 2 }")
case("between layers that change sizes", "input = '3x4x2', batch = 2, conv2d_transpose { 5, kernel = 2, stride = 2 }, prelu {}, upsample2d { 2 }, prelu {}, conv2d { 3, kernel = 3, stride = 2 }, flatten {}, dense { 2 }")
case("one sample", "input = '5x6x2', conv2d { 5, kernel = 2 }, prelu {}, flatten {}, dense { 2 }")
for _, o in ipairs {"momentum { 0.1, weight_decay = 0.1 }", "adam { 0.01, clip_norm = 0.1 }", "sgd { 0.1 }"} do
    case("with " .. o, "input = '5x5x2', batch = 2, optimizer = " .. o .. ", conv2d { 5, kernel = 2 }, prelu {}, flatten {}, dense { 2 }")
end
return cases
