-- Layers that change the size of an image: transposed convolution, upsampling, cropping, depth and space, global pools that keep the rank.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end

for _, c in ipairs {1, 3, 5, 7, 16, 17, 19, 33} do
    case("transposed, " .. c .. " filters", ("input = '3x4x2', batch = 2, conv2d { 3, kernel = 1 }, conv2d_transpose { %d, kernel = 3, stride = 2 }"):format(c))
    case("transposed, " .. c .. " input channels", ("input = '4x3x2', batch = 2, conv2d { %d, kernel = 1 }, conv2d_transpose { 5, kernel = 3, stride = 2, padding = 'same', activation = 'relu' }"):format(c))
    case("transposed first, " .. c .. " channels", ("input = '3x2x%d', batch = 3, conv2d_transpose { 4, kernel = 2, stride = 2 }"):format(c))
end
for _, s in ipairs {"1", "2", "3", "'2x3'", "'3x1'", "5"} do
    for _, k in ipairs {"1", "2", "3", "4", "'2x5'", "'5x1'"} do
        case("transposed, kernel " .. k .. " stride " .. s, ("input = '3x4x2', batch = 2, conv2d { 3, kernel = 1 }, conv2d_transpose { 4, kernel = %s, stride = %s, activation = 'relu' }, conv2d { 2, kernel = 1 }"):format(k, s))
        case("transposed same, kernel " .. k .. " stride " .. s, ("input = '3x2x2', batch = 2, conv2d { 4, kernel = 1 }, conv2d_transpose { 3, kernel = %s, stride = %s, padding = 'same', activation = 'tanh' }, conv2d { 2, kernel = 3, padding = 'same' }"):format(k, s))
    end
end
for _, p in ipairs {"1", "2", "'1x0'", "{ 2, 0, 0, 1 }", "{ 0, 1, 3, 2 }"} do
    for _, s in ipairs {"1, kernel = 4", "2, kernel = 4", "2, kernel = '4x5', output_padding = 1", "'2x3', kernel = 4, output_padding = '0x2'"} do
        case("transposed, padding " .. p .. " stride " .. s, ("input = '5x4x2', batch = 2, conv2d { 3, kernel = 1 }, conv2d_transpose { 5, padding = %s, stride = %s }"):format(p, s))
    end
end
for _, f in ipairs {1, 2, 3} do -- few filters: scattered
    for _, o in ipairs {"kernel = 4, stride = 2, padding = 1, activation = 'sigmoid'", "kernel = 3, stride = 2, padding = 'same', activation = 'relu'", "kernel = 2, stride = 3", "kernel = '1x5', stride = '2x1', padding = { 0, 0, 3, 1 }, bias = false",
                        "kernel = 3, stride = 2, dilation = '2x1', padding = '1x0', output_padding = '1x1', activation = 'softmax'", "kernel = 2, stride = 4, padding = 'same', activation = 'gelu'"} do
        if f > 1 or not o:find("softmax") then
            case(("scattered, %d filters, %s"):format(f, o), ("input = '3x5x2', batch = 2, conv2d { %d, kernel = 1, activation = 'relu' }, conv2d_transpose { %d, %s }, conv2d { 2, kernel = 3, padding = 'same' }"):format(4 * f + f % 2, f, o))
        end
    end
    case(("scattered last, %d filters, a norm behind"):format(f), ("input = '4x7x13', batch = 3, conv2d_transpose { %d, kernel = 4, stride = 2, padding = 1 }, batch_norm { activation = 'relu' }"):format(f))
    case(("scattered 1D, %d filters"):format(f), ("input = '9x2', batch = 2, conv1d { 19, kernel = 2 }, conv1d_transpose { %d, kernel = 5, stride = 2, padding = 'same', activation = 'tanh' }"):format(f))
end
case("scattered, one pixel, a frozen norm behind", "input = '1x1x16', batch = 2, conv2d_transpose { 3, kernel = 4, bias = false }, batch_norm { trainable = false, activation = 'sigmoid' }")
case("scattered twice in a sum", "input = '3x4x8', batch = 2, add { { conv2d_transpose { 2, kernel = 3, stride = 2 } }, { conv2d { 8, kernel = 1, activation = 'relu' }, conv2d_transpose { 2, kernel = 3, stride = 2, activation = 'relu' } } }, conv2d { 1, kernel = 2 }")
for _, d in ipairs {"2", "3", "'1x2'", "'4x1'"} do
    for _, s in ipairs {"1", "2", "3", "'4x2'"} do
        case("transposed, dilation " .. d .. " stride " .. s, ("input = '3x4x2', batch = 2, conv2d { 3, kernel = 1 }, conv2d_transpose { 4, kernel = '3x2', dilation = %s, stride = %s, activation = 'relu' }"):format(d, s))
        case("transposed same, dilation " .. d .. " stride " .. s, ("input = '3x4x2', conv2d { 3, kernel = 1 }, conv2d_transpose { 4, kernel = 3, dilation = %s, stride = %s, padding = 'same', bias = false }"):format(d, s))
    end
end
for _, a in ipairs {"relu", "leaky_relu", "softmax", "gelu", "sigmoid"} do
    case("transposed, " .. a, ("input = '3x3x2', batch = 2, conv2d { 3, kernel = 2 }, conv2d_transpose { 4, kernel = 2, stride = 3, activation = '%s' }"):format(a))
    case("transposed, " .. a .. " as a layer", ("input = '3x3x2', batch = 2, conv2d_transpose { 4, kernel = 3, stride = 2 }, %s {}, conv2d { 2, kernel = 2 }"):format(a))
end
for _, o in ipairs {"kernel = 3, stride = 2", "kernel = 2, stride = 3, bias = false", "kernel = 4, stride = 2, padding = 1, activation = 'tanh'"} do
    for _, more in ipairs {"activation = 'relu'", "activation = 'gelu'", "scale = false, trainable = false"} do
        case("transposed, " .. o .. ", a norm behind, " .. more, ("input = '3x4x2', batch = 3, conv2d { 5, kernel = 1 }, conv2d_transpose { 17, %s }, batch_norm { %s }, conv2d { 2, kernel = 1 }"):format(o, more))
    end
end
case("transposed first, channels that fill no vector, frozen norm behind", "input = '4x3x5', batch = 2, conv2d_transpose { 3, kernel = 3, stride = 2 }, batch_norm { trainable = false }, flatten {}, dense { 2 }")
case("transposed of a cropped input", "input = '5x6x5', batch = 2, cropping2d { 1 }, conv2d_transpose { 4, kernel = 2, stride = 2, activation = 'relu' }, cropping2d { { 1, 0, 0, 1 } }")
case("transposed, readers that want other borders", "input = '4x5x2', batch = 2, conv2d { 5, kernel = 1, activation = 'relu', name = 'a' }, conv2d_transpose { 4, kernel = 5, stride = 2, padding = 'same', activation = 'relu', name = 'b' }, concat { { conv2d { 3, kernel = 5, padding = 'same' } }, { conv2d { 2, kernel = 1 } }, { from = 'a', upsample2d { 2 } }, { from = 'a', conv2d_transpose { 3, kernel = 2, stride = 2 } } }, conv2d { 2, kernel = 3, padding = 'same' }")
case("transposed in a sum", "input = '4x4x3', batch = 2, conv2d { 6, kernel = 2, stride = 2, activation = 'relu' }, residual { conv2d_transpose { 4, kernel = 2, stride = 2 }, conv2d { 6, kernel = 2, stride = 2 }, activation = 'relu' }, conv2d_transpose { 3, kernel = 2, stride = 2 }")
case("transposed, no bias", "input = '3x3x2', conv2d_transpose { 3, kernel = 3, stride = 2, bias = false }, conv2d_transpose { 2, kernel = 2, stride = 3, bias = false, activation = 'relu' }")
case("transposed, frozen", "input = '3x3x2', conv2d { 3, kernel = 2 }, conv2d_transpose { 3, kernel = 3, stride = 2, trainable = false, padding = 1 }, conv2d { 2, kernel = 2 }")
case("transposed, frozen below", "input = '3x3x3', conv2d { 3, kernel = 2, trainable = false }, conv2d_transpose { 3, kernel = 3, stride = 2, padding = 1 }")
case("transposed, one pixel", "input = '1x1x5', batch = 2, conv2d_transpose { 7, kernel = 4 }, conv2d_transpose { 1, kernel = 4, stride = 2, padding = 'same', activation = 'sigmoid' }")
case("transposed, all but one pixel cut off", "input = '1x1x3', conv2d { 4, kernel = 1 }, conv2d_transpose { 5, kernel = 5, padding = 2 }, conv2d_transpose { 2, kernel = '1x3', stride = 3, padding = { 0, 0, 1, 1 } }")
case("transposed, phases that are cut off", "input = '2x3x3', conv2d { 4, kernel = 1 }, conv2d_transpose { 3, kernel = 7, stride = 4, padding = { 3, 5, 2, 4 } }")
case("transposed, more padding than taps of a phase", "input = '5x5x2', conv2d { 4, kernel = 1 }, conv2d_transpose { 3, kernel = 3, padding = 3, activation = 'relu' }, conv2d { 2, kernel = 1 }")
case("transposed between paddings", "input = '4x5x2', batch = 2, conv2d { 17, kernel = 3, padding = 'same', activation = 'relu' }, zero_padding2d { {1, 0, 0, 2} }, conv2d_transpose { 18, kernel = 3, stride = 2, padding = 'same', activation = 'relu' }, conv2d { 3, kernel = 3, padding = 'same' }")
case("transposed behind a pool", "input = '8x8x1', batch = 2, conv2d { 16, kernel = 3, padding = 'same', activation = 'relu' }, maxpool2d { 2 }, conv2d { 33, kernel = 3, padding = 'same' }, conv2d_transpose { 16, kernel = 2, stride = 2, activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 3 }")
case("transposed, wide", "input = '2x27x2', conv2d { 20, kernel = 1 }, conv2d_transpose { 34, kernel = 4, stride = 2, padding = 1 }, conv2d { 1, kernel = 1 }")
case("transposed, deep", "input = '3x3x1', conv2d { 40, kernel = 1 }, conv2d_transpose { 36, kernel = 3, stride = 2 }, conv2d { 1, kernel = 2 }")
case("transposed of a view", "input = '6', batch = 3, dense { 12, activation = 'relu' }, reshape { '2x2x3' }, conv2d_transpose { 4, kernel = 3, stride = 2 }, flatten {}, dense { 2 }")
for _, o in ipairs {"kernel = 4, stride = 2", "kernel = 3, stride = 1, padding = 'same'", "kernel = 2, stride = 3, output_padding = 1", "kernel = 3, stride = 2, padding = {2, 0}, dilation = 2", "kernel = 5, stride = 4, padding = 'same', bias = false"} do
    case("transposed 1D, " .. o, ("input = '7x2', batch = 2, conv1d { 5, kernel = 2 }, conv1d_transpose { 3, %s, activation = 'relu' }, conv1d { 2, kernel = 2 }"):format(o))
    case("transposed 1D first, " .. o, ("input = '5x3', batch = 2, conv1d_transpose { 17, %s }, conv1d { 2, kernel = 2 }"):format(o))
end

for _, i in ipairs {"nearest", "bilinear"} do
    for _, f in ipairs {"1", "2", "3", "4", "'1x2'", "'3x1'", "'2x5'"} do
        case(i .. " by " .. f, ("input = '3x4x2', batch = 2, conv2d { 5, kernel = 2 }, upsample2d { %s, interpolation = '%s' }, conv2d { 3, kernel = 2 }"):format(f, i))
    end
    for _, c in ipairs {1, 3, 16, 17} do
        case(i .. " of " .. c .. " channels", ("input = '3x3x1', conv2d { %d, kernel = 1, activation = 'relu' }, upsample2d { 2, interpolation = '%s' }, conv2d { 2, kernel = 3, padding = 'same' }"):format(c, i))
    end
    case(i .. ", one pixel", ("input = '1x1x3', conv2d { 2, kernel = 1 }, upsample2d { '3x2', interpolation = '%s' }, conv2d { 2, kernel = 2 }"):format(i))
    case(i .. ", one row", ("input = '1x4x3', conv2d { 2, kernel = 1 }, upsample2d { 2, interpolation = '%s' }, conv2d { 2, kernel = 2 }"):format(i))
    case(i .. ", one column", ("input = '4x1x3', conv2d { 2, kernel = 1 }, upsample2d { 3, interpolation = '%s' }, conv2d { 2, kernel = 2 }"):format(i))
    case(i .. " first and last", ("input = '2x3x3', upsample2d { 2, interpolation = '%s' }, conv2d { 3, kernel = 2 }, upsample2d { 2, interpolation = '%s' }"):format(i, i))
    case(i .. " 1D", ("input = '5x3', batch = 2, conv1d { 4, kernel = 2 }, upsample1d { 3, interpolation = '%s' }, conv1d { 2, kernel = 2, padding = 'same' }"):format(i == "nearest" and i or "linear"))
end
case("nearest unless told otherwise", "input = '2x3x2', conv2d { 3, kernel = 1 }, upsample2d { 2 }, conv2d { 1, kernel = 1 }")

for _, p in ipairs {"1", "0", "'1x2'", "{ 1, 0, 0, 2 }", "{ 3, 1, 2, 2 }"} do
    case("cropping " .. p, ("input = '6x7x2', batch = 2, conv2d { 3, kernel = 2 }, cropping2d { %s }, conv2d { 2, kernel = 1 }"):format(p:sub(1, 1) == "{" and "cropping = " .. p or p))
end
case("cropping, then padding", "input = '5x5x2', conv2d { 5, kernel = 2, activation = 'relu' }, cropping2d { 1 }, conv2d { 3, kernel = 3, padding = 'same' }")
case("cropping, then padding of another size", "input = '6x5x2', batch = 2, conv2d { 16, kernel = 2, activation = 'relu' }, cropping2d { { 0, 1, 1, 0 } }, conv2d { 17, kernel = 3, padding = 'same', activation = 'relu' }, zero_padding2d { 1 }, maxpool2d { 2 }")
case("cropping twice", "input = '7x7x2', batch = 2, conv2d { 3, kernel = 1, activation = 'relu' }, cropping2d { 1 }, cropping2d { { 1, 0, 0, 2 } }, conv2d { 2, kernel = 2 }")
case("cropping of rows, flat behind", "input = '5x4x2', batch = 2, conv2d { 3, kernel = 1, activation = 'relu' }, cropping2d { '1x0' }, flatten {}, dense { 3 }")
case("cropping, an odd size of whole vectors behind", "input = '9x8x2', batch = 2, conv2d { 16, kernel = 2, activation = 'relu' }, cropping2d { { 1, 0, 2, 0 } }, conv2d { 16, kernel = 3, activation = 'relu' }, conv2d { 16, kernel = 3 }")
case("cropping, activations behind", "input = '5x6x2', batch = 2, conv2d { 5, kernel = 2 }, cropping2d { 1 }, gelu {}, cropping2d { { 0, 1, 0, 1 } }, relu {}, conv2d { 2, kernel = 1 }")
case("cropping, a norm behind", "input = '5x6x2', batch = 3, conv2d { 5, kernel = 2 }, cropping2d { 1 }, batch_norm { activation = 'relu' }, conv2d { 2, kernel = 1 }")
case("cropping, a depthwise layer behind", "input = '6x7x2', batch = 2, conv2d { 9, kernel = 2, activation = 'relu' }, cropping2d { 1 }, depthwise_conv2d { kernel = 2 }, conv2d { 2, kernel = 1 }")
case("cropping, pools behind", "input = '8x9x2', batch = 2, conv2d { 6, kernel = 2, activation = 'relu' }, cropping2d { { 1, 0, 0, 2 } }, maxpool2d { 2 }, cropping2d { { 1, 0, 1, 0 } }, avgpool2d { 2, stride = 1 }")
case("cropping of what another layer reads, too", "input = '6x6x2', batch = 2, conv2d { 4, kernel = 3, padding = 'same', activation = 'relu', name = 'a' }, conv2d { 4, kernel = 3 }, concat { {}, { from = 'a', cropping2d { 1 } } }, conv2d { 3, kernel = 3, padding = 'same' }")
case("cropping of two sides of one image", "input = '6x5x2', batch = 2, conv2d { 4, kernel = 1, activation = 'relu' }, add { { cropping2d { { 2, 0, 0, 1 } } }, { cropping2d { { 0, 2, 1, 0 } }, relu {} } }, conv2d { 3, kernel = 3, padding = 'same' }")
case("cropping in a product", "input = '6x5x2', batch = 2, conv2d { 4, kernel = 1, activation = 'relu' }, mul { cropping2d { 1 }, cropping2d { { 0, 2, 2, 0 } } }, conv2d { 3, kernel = 2 }")
case("cropping in a sum with a border", "input = '6x6x3', batch = 2, conv2d { 4, kernel = 1 }, residual { conv2d { 4, kernel = 3 }, shortcut = cropping2d { 1 }, activation = 'relu' }, conv2d { 3, kernel = 3, padding = 'same' }")
case("cropping of the input, trained", "input = '5x6x3', batch = 2, cropping2d { 1 }, batch_norm {}, conv2d { 3, kernel = 2 }, cropping2d { { 0, 1, 0, 0 } }")
case("cropping behind a sum", "input = '5x6x3', batch = 2, conv2d { 3, kernel = 1 }, residual { conv2d { 3, kernel = 3, padding = 'same' } }, cropping2d { 1 }, conv2d { 3, kernel = 3, padding = 'same' }")
case("cropping last", "input = '5x6x3', batch = 2, conv2d { 3, kernel = 1 }, cropping2d { '2x0' }")
case("cropping first and last", "input = '5x5x2', cropping2d { 1 }, conv2d { 3, kernel = 2 }, cropping2d { { 1, 0, 0, 1 } }")
case("cropping 1D", "input = '9x2', batch = 2, conv1d { 4, kernel = 2 }, cropping1d { { 1, 3 } }, conv1d { 2, kernel = 2 }, cropping1d { 1 }")

for _, b in ipairs {1, 2, 3} do
    case("depth to space by " .. b, ("input = '3x2x2', batch = 2, conv2d { %d, kernel = 1, activation = 'relu' }, depth_to_space { %d }, conv2d { 2, kernel = 3, padding = 'same' }"):format(b * b * 3, b))
    case("space to depth by " .. b, ("input = '6x12x2', batch = 2, conv2d { 3, kernel = 1, activation = 'relu' }, space_to_depth { %d }, conv2d { 2, kernel = 3, padding = 'same' }"):format(b))
end
case("depth to space first and last", "input = '2x3x4', depth_to_space { 2 }, conv2d { 12, kernel = 2 }, depth_to_space { 2 }")
case("space to depth first and last", "input = '4x6x3', space_to_depth { block = 2 }, conv2d { 5, kernel = 1 }, space_to_depth { 1 }")
case("there and back", "input = '4x4x3', conv2d { 5, kernel = 1 }, space_to_depth { 2 }, depth_to_space { 2 }, conv2d { 2, kernel = 2 }")

for _, k in ipairs {"max", "avg"} do
    case(k .. " with keepdims", ("input = '4x5x2', batch = 2, conv2d { 6, kernel = 2 }, global_%spool2d { keepdims = true }, conv2d { 3, kernel = 1, activation = 'relu' }, conv2d { 2, kernel = 1, activation = 'sigmoid' }"):format(k))
    case(k .. " with keepdims 1D", ("input = '9x2', batch = 2, conv1d { 5, kernel = 2 }, global_%spool1d { keepdims = true }, conv1d { 3, kernel = 1 }"):format(k))
end
case("keepdims, squeeze and excite", "input = '4x5x2', batch = 2, conv2d { 6, kernel = 2 }, mul { {}, { global_avgpool2d { keepdims = true }, conv2d { 3, kernel = 1, activation = 'relu' }, conv2d { 6, kernel = 1, activation = 'sigmoid' } } }, conv2d { 2, kernel = 1 }")
case("U-Net", "input = '8x12x1', batch = 2, conv2d { 5, kernel = 3, padding = 'same', activation = 'relu', name = 'd1' }, maxpool2d { 2 }, conv2d { 7, kernel = 3, padding = 'same', activation = 'relu', name = 'd2' }, maxpool2d { 2 }, conv2d { 9, kernel = 3, padding = 'same', activation = 'relu' }, concat { 'd2', { conv2d_transpose { 7, kernel = 2, stride = 2, activation = 'relu' } } }, conv2d { 7, kernel = 3, padding = 'same', activation = 'relu' }, concat { 'd1', { conv2d_transpose { 5, kernel = 2, stride = 2 } } }, conv2d { 4, kernel = 3, padding = 'same', activation = 'relu' }, conv2d { 1, kernel = 1, activation = 'sigmoid' }")
case("U-Net without padding", "input = '14x12x1', batch = 2, conv2d { 5, kernel = 3, activation = 'relu', name = 'd1' }, maxpool2d { 2 }, conv2d { 6, kernel = 3, activation = 'relu' }, concat { { from = 'd1', cropping2d { '2x2' } }, { conv2d_transpose { 4, kernel = 2, stride = 2 } } }, conv2d { 3, kernel = 3, padding = 'same', activation = 'relu' }, conv2d { 1, kernel = 1, activation = 'sigmoid' }")
case("without keepdims", "input = '4x5x2', conv2d { 6, kernel = 2 }, global_avgpool2d { keepdims = false }, dense { 3 }")
case("autoencoder", "input = '12x12x1', batch = 3, optimizer = adam {}, conv2d { 8, kernel = 3, stride = 2, padding = 'same', activation = 'relu' }, conv2d { 4, kernel = 3, stride = 2, padding = 'same', activation = 'relu' }, conv2d_transpose { 8, kernel = 3, stride = 2, padding = 'same', activation = 'relu' }, conv2d_transpose { 1, kernel = 4, stride = 2, padding = 1, activation = 'sigmoid' }")
-- One column more or less in a phase of the stride, and another tile would be best for it: 17 to 19 columns, 2 to 4 phases.
for _, w in ipairs {17, 18, 19} do
    for _, s in ipairs {2, 3} do
        case(("transposed: phases of %d columns, stride %d"):format(w, s), ("input = '%dx3', batch = 2, conv1d_transpose { 5, kernel = %d, stride = %d, activation = 'relu' }, conv1d { 2, kernel = 1, stride = 5 }"):format(w, s + 1, s))
    end
end
-- Sides that go on: asymmetric, as far as a mirror reaches, in a row of layers, with a halo, with two readers.
for _, kind in ipairs {"edge", "reflect"} do
    for _, o in ipairs {"1", "'2x1'", "{1, 0, 2, 3}", "{0, 3, 3, 0}", "0"} do
        case(kind .. " padding " .. o, ("input = '5x6x2', batch = 2, conv2d { 4, kernel = 2 }, %s_padding2d { %s }, conv2d { 3, kernel = 3 }, flatten {}, dense { 2 }"):format(kind, o))
    end
    for _, c in ipairs {1, 5, 16, 19} do
        case(kind .. " padding of " .. c .. " channels", ("input = '4x4x2', batch = 2, conv2d { %d, kernel = 2, activation = 'tanh' }, %s_padding2d { 2 }, maxpool2d { 2 }, conv2d { 2, kernel = 2, padding = 1 }"):format(c, kind))
    end
    case(kind .. " padding first and last", ("input = '4x3x3', batch = 2, %s_padding2d { 2 }, conv2d { 3, kernel = 3 }, %s_padding2d { {1, 0, 1, 1} }"):format(kind, kind))
    case(kind .. " padding in 1D", ("input = '9x2', batch = 2, conv1d { 3, kernel = 2 }, %s_padding1d { {3, 1} }, relu {}, %s_padding1d { 2 }, conv1d { 3, kernel = 4 }"):format(kind, kind))
    case(kind .. " padding with a halo, two readers", ("input = '5x5x2', batch = 2, conv2d { 4, kernel = 2, activation = 'relu' }, %s_padding2d { 1, name = 'p' }, conv2d { 4, kernel = 3, padding = 'same' }, add { {}, 'p' }, residual { %s_padding2d { 1 }, conv2d { 4, kernel = 3 } }, flatten {}, dense { 2 }"):format(kind, kind))
    case(kind .. " padding of a part, in a concat", ("input = '7x7x2', batch = 2, conv2d { 3, kernel = 2 }, cropping2d { 1 }, concat { { %s_padding2d { 1 } }, { %s_padding2d { 1 }, sigmoid {} } }, zero_padding2d { 1 }, conv2d { 2, kernel = 2 }"):format(kind, kind))
end
case("an edge of one pixel", "input = '3x3x2', batch = 2, conv2d { 5, kernel = 3 }, edge_padding2d { {2, 1, 1, 3} }, conv2d { 2, kernel = 2 }")
return cases
