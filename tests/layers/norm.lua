-- Batch norm: statistics of the batch in training, a scale and a shift elsewhere, and every layer that takes them in.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
for _, c in ipairs {1, 2, 3, 4, 5, 7, 8, 11, 16, 17, 19, 33} do
    case("behind a convolution of " .. c, ("input = '5x6x2', batch = 3, conv2d { %d, kernel = 2, bias = %s }, batch_norm { activation = 'relu' }, conv2d { 2, kernel = 1 }"):format(c, c % 2 == 0))
end
for _, o in ipairs {"scale = false", "center = false", "scale = false, center = false", "epsilon = 0.1, momentum = 0.5", "trainable = false", "trainable = false, scale = false",
                    "momentum = 0", "trainable = false, activation = 'relu'"} do
    case(o, "input = '5x6x2', batch = 3, conv2d { 5, kernel = 2 }, batch_norm { " .. o .. " }, conv2d { 2, kernel = 1 }")
end
for _, a in ipairs {"sigmoid", "softmax", "gelu", "leaky_relu", "hard_swish"} do
    case("with " .. a, ("input = '4x5x2', batch = 2, conv2d { 4, kernel = 2 }, batch_norm { activation = '%s' }, conv2d { 2, kernel = 1 }"):format(a))
    case("a layer of " .. a .. " behind it", ("input = '4x5x2', batch = 2, conv2d { 4, kernel = 2 }, batch_norm {}, %s {}, flatten {}, dense { 2 }"):format(a))
end
for _, p in ipairs {"maxpool2d { 2 }", "avgpool2d { 2 }", "maxpool2d { 3, stride = 2 }", "global_avgpool2d {}, reshape { '1x1x6' }"} do
    case("then " .. p, "input = '7x7x2', batch = 2, conv2d { 6, kernel = 2 }, batch_norm { activation = 'relu' }, " .. p .. ", flatten {}, dense { 2 }")
    case("linear, then " .. p, "input = '7x7x2', batch = 2, conv2d { 6, kernel = 2 }, batch_norm {}, " .. p .. ", flatten {}, dense { 2 }")
end
case("behind a pool", "input = '6x6x2', batch = 2, conv2d { 6, kernel = 3, activation = 'relu' }, maxpool2d { 2 }, batch_norm {}, flatten {}, dense { 2 }")
case("behind an activation", "input = '6x6x2', batch = 2, conv2d { 6, kernel = 3, activation = 'relu' }, batch_norm {}, flatten {}, dense { 2 }")
case("first", "input = '6x5x3', batch = 3, batch_norm {}, conv2d { 4, kernel = 3, padding = 'same' }, flatten {}, dense { 2 }")
case("first, on few values", "input = '5', batch = 3, batch_norm { activation = 'relu' }, dense { 2 }")
case("last", "input = '5', batch = 3, dense { 4 }, batch_norm {}")
case("last, softmax", "input = '5', batch = 3, dense { 4 }, batch_norm { activation = 'softmax' }")
case("alone", "input = '4x3x5', batch = 2, batch_norm {}")
case("alone, without anything to train", "input = '4x3x5', batch = 2, batch_norm { scale = false, center = false }, conv2d { 2, kernel = 1 }")
case("twice", "input = '5x5x2', batch = 2, conv2d { 5, kernel = 2 }, batch_norm {}, batch_norm { activation = 'relu' }, flatten {}, dense { 2 }")
case("behind dense layers", "input = '9', batch = 4, dense { 17 }, batch_norm { activation = 'relu' }, dense { 5, bias = false }, batch_norm { activation = 'relu' }, dense { 3, activation = 'softmax' }")
case("behind a large dense layer", "input = '8x8x2', batch = 3, conv2d { 4, kernel = 3, padding = 'same' }, flatten {}, dense { 32 }, batch_norm { activation = 'relu' }, dense { 2 }")
case("one sample", "input = '5x6x2', conv2d { 5, kernel = 2 }, batch_norm { activation = 'relu' }, flatten {}, dense { 2 }")
case("one sample of dense values", "input = '6', dense { 5 }, batch_norm {}, dense { 2 }")
case("1D", "input = '11x3', batch = 2, conv1d { 6, kernel = 3, padding = 'same', bias = false }, batch_norm { activation = 'relu' }, maxpool1d { 2 }, conv1d { 2, kernel = 3 }")
case("padding behind it", "input = '5x6x2', batch = 2, conv2d { 5, kernel = 3, padding = 1 }, batch_norm { activation = 'relu' }, conv2d { 4, kernel = 3, padding = 'same' }, batch_norm {}, conv2d { 2, kernel = 5, padding = 2 }")
case("Winograd's channels", "input = '8x8x2', batch = 2, conv2d { 32, kernel = 3, padding = 1 }, batch_norm { activation = 'relu' }, conv2d { 32, kernel = 3, padding = 1 }, batch_norm { activation = 'relu' }, maxpool2d { 2 }, conv2d { 32, kernel = 3, padding = 1 }, batch_norm {}, global_avgpool2d {}, dense { 2 }")
case("few filters", "input = '8x23x1', batch = 2, conv2d { 2, kernel = 3 }, batch_norm { activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 2 }")
case("groups", "input = '5x6x4', batch = 2, conv2d { 6, kernel = 3, groups = 2, padding = 1 }, batch_norm { activation = 'relu' }, flatten {}, dense { 2 }")
case("frozen between trained", "input = '5x5x2', batch = 2, conv2d { 5, kernel = 2 }, batch_norm { trainable = false, activation = 'relu' }, conv2d { 5, kernel = 2 }, batch_norm {}, flatten {}, dense { 2 }")
case("below everything trained", "input = '5x5x2', batch = 2, conv2d { 5, kernel = 2, trainable = false }, batch_norm { trainable = false, activation = 'relu' }, flatten {}, dense { 2 }")
for _, o in ipairs {"momentum { 0.1, weight_decay = 0.1 }", "adam { 0.01, clip_norm = 0.1 }", "adamw { 0.01 }", "sgd { 0.1, clip_norm = 0.05 }", "rmsprop { 0.01 }"} do
    case("with " .. o, "input = '5x5x2', batch = 2, optimizer = " .. o .. ", conv2d { 5, kernel = 2 }, batch_norm { activation = 'relu' }, flatten {}, dense { 2 }")
end
-- Residual networks.
case("in a residual", "input = '6x6x2', batch = 2, conv2d { 8, kernel = 3, padding = 1, bias = false }, batch_norm { activation = 'relu' }, residual { conv2d { 8, kernel = 3, padding = 1, bias = false }, batch_norm { activation = 'relu' }, conv2d { 8, kernel = 3, padding = 1, bias = false }, batch_norm {}, activation = 'relu' }, " ..
    "residual { conv2d { 16, kernel = 3, stride = 2, padding = 1, bias = false }, batch_norm { activation = 'relu' }, conv2d { 16, kernel = 3, padding = 1, bias = false }, batch_norm {}, shortcut = { conv2d { 16, kernel = 1, stride = 2, bias = false }, batch_norm {} }, activation = 'relu' }, global_avgpool2d {}, dense { 3, activation = 'softmax' }")
case("before the convolution", "input = '6x6x2', batch = 2, conv2d { 8, kernel = 3, padding = 1 }, residual { batch_norm { activation = 'relu' }, conv2d { 8, kernel = 3, padding = 1 }, batch_norm { activation = 'relu' }, conv2d { 8, kernel = 3, padding = 1 } }, batch_norm { activation = 'relu' }, global_avgpool2d {}, dense { 2 }")
case("two readers", "input = '6x6x2', batch = 2, conv2d { 4, kernel = 3, padding = 1, name = 'a' }, batch_norm {}, add { {}, 'a' }, concat { { batch_norm {} }, { relu {} } }, flatten {}, dense { 2 }")
return cases
