-- Convolution in two dimensions: every option alone and with others, channel counts that fill no vector, sizes at the edges.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end

for _, c in ipairs {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 20, 31, 32, 33} do
    case(c .. " filters", ("input = '5x6x2', conv2d { %d, kernel = 3 }, conv2d { 3, kernel = 2 }"):format(c))
end
for _, c in ipairs {1, 3, 4, 5, 9, 15, 16, 17, 33} do
    case(c .. " input channels", ("input = '4x5x2', conv2d { %d, kernel = 1 }, conv2d { 5, kernel = 3 }"):format(c))
end
for _, k in ipairs {"1", "'1x3'", "'3x1'", "{2, 3}", "'4x6'"} do
    case("kernel " .. k, ("input = '4x6x3', conv2d { 2, kernel = 1 }, conv2d { 6, kernel = %s }"):format(k))
end
for _, p in ipairs {"'valid'", "'same'", "1", "'1x2'", "{ 2, 0, 1, 3 }", "{ 0, 1, 0, 0 }"} do
    for _, s in ipairs {"1", "2", "'2x3'", "5"} do
        case("padding " .. p .. " stride " .. s, ("input = '6x5x2', batch = 3, conv2d { 3, kernel = 3, padding = %s }, conv2d { 5, kernel = '2x3', padding = %s, stride = %s, activation = 'relu' }"):format(p, p, s))
    end
end
for _, d in ipairs {"2", "'1x2'", "'3x1'"} do
    for _, s in ipairs {"1", "2"} do
        case("dilation " .. d .. " stride " .. s, ("input = '8x7x2', conv2d { 3, kernel = 1 }, conv2d { 4, kernel = 3, dilation = %s, stride = %s, padding = 'same' }"):format(d, s))
    end
end
for _, g in ipairs {{4, 4, 8}, {2, 6, 10}, {3, 3, 3}, {2, 34, 36}, {5, 5, 20}} do
    case(g[1] .. " groups of " .. g[2] .. " to " .. g[3], ("input = '5x4x2', batch = 2, conv2d { %d, kernel = 1 }, conv2d { %d, kernel = 3, groups = %d, padding = 1, activation = 'tanh' }"):format(g[2], g[3], g[1]))
    case(g[1] .. " groups dilated", ("input = '6x6x1', conv2d { %d, kernel = 2 }, conv2d { %d, kernel = 2, groups = %d, dilation = 2, stride = 2 }"):format(g[2], g[3], g[1]))
end
-- Large enough for Winograd's form: odd and even sizes, pools, one and several blocks, vectors alone and in pairs.
for _, w in ipairs {{"14x14x1", "padding = 1, activation = 'relu'", ""}, {"13x16x1", "padding = 'same'", ""}, {"16x13x1", "activation = 'tanh'", ""},
                    {"17x15x1", "padding = 1, activation = 'relu'", "maxpool2d { 2 },"}, {"14x16x1", "activation = 'relu', bias = false", "avgpool2d { 2 },"},
                    {"16x15x1", "activation = 'sigmoid'", "maxpool2d { 2 },"}, {"15x15x1", "padding = {2, 0, 1, 2}", "maxpool2d { 2, stride = 1 },"}} do
    for _, c in ipairs {{16, 16}, {16, 48}, {32, 16}} do
        case("Winograd " .. w[1] .. " " .. w[2] .. " " .. c[1] .. " to " .. c[2] .. " " .. w[3],
            ("input = '%s', batch = 2, conv2d { %d, kernel = 1 }, conv2d { %d, kernel = 3, %s }, %s conv2d { 1, kernel = 1, stride = 4 }"):format(w[1], c[1], c[2], w[2], w[3]))
    end
end
for _, p in ipairs {"0", "1", "2", "{0, 2, 1, 0}", "'same'"} do
    case("Winograd backward, padding " .. p, ("input = '14x13x1', batch = 2, conv2d { 32, kernel = 1 }, conv2d { 16, kernel = 3, activation = 'relu', padding = %s }, conv2d { 16, kernel = 3, padding = %s, activation = 'tanh' }, conv2d { 1, kernel = 1, stride = 4 }"):format(p, p))
end
for _, size in ipairs {"4x4", "6x5", "7x7", "9x10"} do -- tiles of 2x2 and of 4x4, whole and overlapping
    for _, c in ipairs {16, 64} do
        case("Winograd, " .. size .. ", " .. c, ("input = '%sx1', batch = 2, conv2d { %d, kernel = 1 }, conv2d { 64, kernel = 3, padding = 1, activation = 'relu' }, conv2d { 1, kernel = 1, stride = 3 }"):format(size, c))
    end
end
case("Winograd in blocks", "input = '46x45x1', conv2d { 16, kernel = 1 }, conv2d { 48, kernel = 3, activation = 'relu' }, maxpool2d { 2 }, conv2d { 1, kernel = 1, stride = 9 }")
case("one pixel", "input = '1x1x3', conv2d { 4, kernel = 1 }, conv2d { 2, kernel = 1 }")
for _, size in ipairs {"2x2", "3x3", "4x4", "6x2", "5x3", "9x1", "13x1", "3x7", "2x8"} do -- several rows in a tile, few pixels
    case("rows in a tile, " .. size, ("input = '%sx2', batch = 2, conv2d { 36, kernel = 1, activation = 'relu' }, conv2d { 33, kernel = 3, padding = 1 }, conv2d { 3, kernel = 1 }"):format(size))
end
case("rows in a tile, stride", "input = '7x6x1', conv2d { 34, kernel = 1 }, conv2d { 35, kernel = 3, stride = 2, padding = 1 }, conv2d { 20, kernel = 2, stride = '1x2' }")
case("one pixel, all padding", "input = '1x1x2', conv2d { 4, kernel = 3, padding = 'same' }, conv2d { 2, kernel = 3, padding = 1 }")
case("kernel fills the input", "input = '5x4x2', conv2d { 3, kernel = '5x4' }, conv2d { 2, kernel = 1 }")
case("wide", "input = '3x40x1', batch = 2, conv2d { 5, kernel = 3, padding = 'same' }, conv2d { 17, kernel = 3 }")
case("tall", "input = '40x3x1', conv2d { 5, kernel = 3, padding = 'same' }, conv2d { 3, kernel = 3 }")
-- Few filters: lanes are columns. Rows around multiples of lanes; planes of the input and of the gradient of every number.
for _, w in ipairs {3, 4, 5, 7, 8, 9, 15, 16, 17, 18, 31, 33, 40} do
    case("few filters, " .. w .. " columns", ("input = '4x%dx1', batch = 2, conv2d { 2, kernel = 3, padding = 'same', activation = 'relu' }, conv2d { 1, kernel = 2, padding = 1, bias = false }"):format(w))
end
for f = 1, 4 do
    case("few filters, " .. f, ("input = '5x19x%d', batch = 2, conv2d { %d, kernel = 2, activation = 'tanh' }"):format(f + 1, f))
    case("few filters between, " .. f, ("input = '4x%dx%d', batch = 3, conv2d { %d, kernel = '1x2' }, conv2d { %d, kernel = 3, padding = 'same', activation = 'relu6' }"):format(13 + f, f, f % 2 + 1, f // 2 % 2 + 1))
end
for _, o in ipairs {"stride = 2", "stride = 3, padding = 'same'", "stride = '1x2', dilation = '1x2'", "stride = '2x1', padding = { 1, 0, 2, 1 }", "dilation = '1x3'", "dilation = 2, padding = 2", "trainable = false", "groups = 2, padding = 1"} do
    for _, k in ipairs {"3", "'2x5'"} do
        case("few filters, kernel " .. k .. ", " .. o, ("input = '9x23x%d', batch = 2, conv2d { 2, kernel = %s, %s }, conv2d { 2, kernel = 2, activation = 'softmax' }"):format(o:find("stride") and 1 or 2, k, o))
    end
end
for _, k in ipairs {"1", "'1x7'", "'7x1'", "'3x13'", "'4x6'", "'5x3'", "7"} do
    case("few filters, kernel " .. k, ("input = '8x31x1', batch = 2, conv2d { %d, kernel = %s, padding = 'same', activation = 'sigmoid' }"):format(k == "7" and 3 or 2, k))
    case("few filters of 8 channels, kernel " .. k, ("input = '7x18x8', batch = 2, conv2d { 2, kernel = %s, padding = 'same' }"):format(k))
end
case("no bias", "input = '5x5x2', conv2d { 3, kernel = 3, bias = false }, conv2d { 3, kernel = 2, bias = false }")
case("he_normal", "input = '5x5x2', conv2d { 3, kernel = 3, init = 'he_normal' }, conv2d { 3, kernel = 2, init = 'he_uniform' }")
case("deep reduction", "input = '4x4x2', conv2d { 40, kernel = 1 }, conv2d { 33, kernel = 3 }")
case("batch of 5, odd everything", "input = '7x5x3', batch = 5, conv2d { 9, kernel = 3, padding = {1, 0, 0, 1}, activation = 'relu' }, conv2d { 18, kernel = '2x3', stride = '1x2', activation = 'relu' }, flatten {}, dense { 3 }")
return cases
