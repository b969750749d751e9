-- Norms of groups of channels and of each channel: counts that fill no vector, alone, between other layers, with every option.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
for _, s in ipairs {{1, 1}, {4, 2}, {6, 3}, {10, 5}, {16, 4}, {17, 1}, {19, 19}, {24, 8}, {33, 3}, {33, 11}} do
    case(("%d channels, %d groups"):format(s[1], s[2]), ("input = '4x5x2', batch = 3, conv2d { %d, kernel = 2 }, group_norm { %d }, conv2d { 3, kernel = 2 }, flatten {}, dense { 2 }"):format(s[1], s[2]))
end
for _, c in ipairs {1, 3, 5, 16, 18} do
    case(("instances of %d channels"):format(c), ("input = '4x5x2', batch = 3, conv2d { %d, kernel = 2 }, instance_norm {}, conv2d { 3, kernel = 2, padding = 1 }, flatten {}, dense { 2 }"):format(c))
end
for _, o in ipairs {"center = false", "scale = false", "center = false, scale = false", "trainable = false", "epsilon = 0.1", "activation = 'relu'", "activation = 'gelu'", "activation = 'softmax'", "activation = 'softsign'"} do
    case("groups, " .. o, ("input = '3x4x2', batch = 2, conv2d { 6, kernel = 2 }, group_norm { 2, %s }, conv2d { 2, kernel = 1 }"):format(o))
    case("instances, " .. o, ("input = '3x4x2', batch = 2, conv2d { 5, kernel = 2 }, instance_norm { %s }, conv2d { 2, kernel = 1 }"):format(o))
end
case("first", "input = '5x4x6', batch = 3, group_norm { 3 }, conv2d { 4, kernel = 3, padding = 'same' }, flatten {}, dense { 2 }")
case("instances first", "input = '5x4x3', batch = 3, instance_norm {}, conv2d { 4, kernel = 3 }")
case("alone", "input = '4x3x6', batch = 2, group_norm { 2 }")
case("instances last", "input = '4x3x5', batch = 2, conv2d { 5, kernel = 2 }, instance_norm {}")
case("of dense layers", "input = '9', batch = 4, dense { 18 }, group_norm { 6, activation = 'relu' }, dense { 3, activation = 'softmax' }")
case("1D", "input = '11x3', batch = 2, conv1d { 6, kernel = 3 }, group_norm { 2, activation = 'relu' }, maxpool1d { 2 }, conv1d { 5, kernel = 2 }, instance_norm {}, flatten {}, dense { 2 }")
case("frozen below everything", "input = '5x5x2', batch = 2, conv2d { 6, kernel = 2, trainable = false }, group_norm { 3, trainable = false }, flatten {}, dense { 2 }")
case("lowest trained", "input = '5x5x2', batch = 2, conv2d { 18, kernel = 2, trainable = false }, group_norm { 2 }, flatten {}, dense { 2 }")
case("only the shift is trained below", "input = '5x5x2', batch = 2, conv2d { 6, kernel = 2, trainable = false }, instance_norm { scale = false }, flatten {}, dense { 2 }")
case("a layer of an activation behind", "input = '4x5x2', batch = 2, conv2d { 6, kernel = 2 }, group_norm { 2 }, silu {}, instance_norm {}, sigmoid {}, flatten {}, dense { 2 }")
case("two readers, in blocks", "input = '6x6x2', batch = 2, conv2d { 4, kernel = 3, padding = 1, name = 'a' }, group_norm { 2 }, add { {}, 'a' }, concat { { instance_norm {} }, { relu {} } }, flatten {}, dense { 2 }")
case("residual", "input = '6x6x3', batch = 2, conv2d { 8, kernel = 3 }, residual { conv2d { 8, kernel = 3, padding = 1 }, group_norm { 4, activation = 'relu' }, conv2d { 8, kernel = 3, padding = 1 }, group_norm { 4 }, activation = 'relu' }, global_avgpool2d {}, dense { 2 }")
case("of a part of a picture", "input = '7x6x2', batch = 2, conv2d { 6, kernel = 2 }, cropping2d { {1, 2, 0, 1} }, group_norm { 3 }, conv2d { 4, kernel = 3, padding = 1 }, cropping2d { 1 }, instance_norm {}, flatten {}, dense { 2 }")
case("one sample, adam", "input = '5x6x2', optimizer = adam { 0.01 }, conv2d { 6, kernel = 2 }, group_norm { 2 }, flatten {}, dense { 2 }")
return cases
