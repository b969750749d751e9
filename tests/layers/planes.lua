-- Inputs channels first (input_layout = "chw"), with all kinds of first layers: with a halo and without, of a whole batch, nothing but views.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = "input_layout = 'chw', " .. text}
end
for _, c in ipairs {1, 2, 3, 5, 16, 17} do
    case(c .. " planes", ("input = '5x7x%d', batch = 3, conv2d { 4, kernel = 3 }, flatten {}, dense { 2 }"):format(c))
    case(c .. " planes and a halo", ("input = '6x5x%d', batch = 2, conv2d { 5, kernel = 3, stride = 2, padding = 'same', activation = 'relu' }, flatten {}, dense { 2 }"):format(c))
end
case("depthwise", "input = '6x6x3', batch = 2, depthwise_conv2d { 3, padding = 1 }, conv2d { 2, kernel = 1 }")
case("pool", "input = '6x7x3', batch = 2, maxpool2d { 2 }, conv2d { 4, kernel = 2 }")
case("batch norm", "input = '3x4x3', batch = 3, batch_norm {}, conv2d { 4, kernel = 2 }")
case("flat", "input = '3x4x5', batch = 3, flatten {}, dense { 4 }")
case("two readers, padding", "input = '6x5x3', batch = 2, concat { { conv2d { 4, kernel = 3, padding = 1 } }, {} }, conv2d { 2, kernel = 2 }")
case("cropping", "input = '6x5x3', batch = 2, cropping2d { 1 }, conv2d { 4, kernel = 2 }")
case("zero padding", "input = '4x5x3', batch = 2, zero_padding2d { {1, 0, 2, 1} }, conv2d { 4, kernel = 2, padding = 1 }")
case("only views", "input = '4x5x3', batch = 2, flatten {}, reshape { '5x4x3' }")
case("only an activation", "input = '3x2x4', batch = 2, tanh {}")
case("one pixel", "input = '1x1x6', batch = 2, conv2d { 3, kernel = 1 }")
case("1D", "input = '11x3', batch = 2, conv1d { 5, kernel = 3, padding = 'same' }, flatten {}, dense { 2 }")
case("dropout first", "input = '5x5x3', batch = 2, spatial_dropout2d { 0.3 }, conv2d { 4, kernel = 3 }")
case("transposed", "input = '3x4x3', batch = 2, conv2d_transpose { 4, kernel = 3, stride = 2 }, flatten {}, dense { 2 }")
case("winograd", "input = '9x10x16', batch = 2, conv2d { 16, kernel = 3, padding = 1 }, flatten {}, dense { 2 }")
case("residual around everything", "input = '5x4x3', batch = 2, residual { conv2d { 3, kernel = 3, padding = 1 } }, flatten {}, dense { 2 }")
return cases
