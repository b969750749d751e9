-- What --ram least does: taps left out at the borders, outputs over their inputs, from the first pixel and from the last.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
local last = "conv2d { 2, kernel = 1 }"

-- Convolutions between images of the arena: windows, strides, dilation, borders, more and fewer channels than before.
for _, c in ipairs {
    {"3, padding = 'same'", 4, 4}, {"3, padding = 'same'", 16, 16}, {"3, padding = 'same'", 17, 19}, {"3, padding = 'same'", 3, 33}, {"3, padding = 'same'", 33, 5},
    {"1", 16, 16}, {"1", 5, 24}, {"1", 24, 3}, {"1, stride = 2", 8, 16}, {"5, padding = 2, stride = 2", 3, 8}, {"'3x2', padding = {1, 0, 2, 1}", 6, 7},
    {"3, padding = {0, 2, 0, 1}, stride = '2x1', activation = 'relu'", 16, 12}, {"3, dilation = 2, padding = 'same', activation = 'tanh'", 5, 16},
    {"3, dilation = '1x3', padding = 3", 4, 4}, {"2, padding = 3, activation = 'gelu'", 4, 20}, {"'1x5', padding = '0x4'", 8, 8}, {"4, stride = 3, padding = 2, bias = false", 64, 64},
    {"3, padding = 'same', groups = 2, activation = 'relu'", 8, 12}, {"3, padding = 1, groups = 4, stride = 2", 4, 40}, {"3, padding = 'same', activation = 'softmax'", 9, 9},
} do
    case(("%d to %d, kernel %s"):format(c[2], c[3], c[1]), ("input = '7x9x2', conv2d { %d, kernel = 1, activation = 'relu' }, conv2d { %d, kernel = %s }, %s"):format(c[2], c[3], c[1], last))
end

-- Depthwise: each channel over itself where blocks of channels fill the image, a pixel further away elsewhere.
for _, c in ipairs {3, 4, 6, 16, 20, 32} do
    case("depthwise chain of " .. c, ("input = '6x5x2', conv2d { %d, kernel = 1 }, depthwise_conv2d { 3, padding = 'same', activation = 'relu' }, conv2d { %d, kernel = 1, activation = 'relu' }, depthwise_conv2d { 3, padding = 'same', activation = 'tanh' }, conv2d { %d, kernel = 1 }, depthwise_conv2d { '3x1', padding = '2x0' }, %s"):format(c, c, c, last))
end
case("depthwise, smaller and smaller", "input = '17x13x3', conv2d { 8, kernel = 1 }, depthwise_conv2d { 3, stride = 2, padding = 'same' }, conv2d { 16, kernel = 1 }, depthwise_conv2d { 3, stride = 2, padding = 'same' }, conv2d { 32, kernel = 1 }, depthwise_conv2d { 3, dilation = 2, padding = 2 }, global_avgpool2d {}, dense { 2 }")
case("depthwise with a multiplier", "input = '6x5x2', conv2d { 4, kernel = 1 }, depthwise_conv2d { 3, multiplier = 2, padding = 'same', activation = 'relu' }, " .. last)
case("norms", "input = '8x6x2', conv_bn { 16, kernel = 3 }, depthwise_bn { 3, bias = true }, conv_bn { 20, kernel = 1, bias = true }, conv2d { 5, kernel = 3, padding = 'same' }, batch_norm { center = false, activation = 'relu' }, depthwise_conv2d { 3, padding = 'same' }, batch_norm { scale = false }, flatten {}, dense { 2 }")

-- Pools inside the convolution and by themselves.
for _, p in ipairs {"maxpool2d { 2 }", "avgpool2d { 2 }", "maxpool2d { 3, stride = 1, padding = 'same' }", "maxpool2d { 3, stride = 2, padding = 1 }", "avgpool2d { 3, stride = 2, padding = 'same' }", "avgpool2d { '2x3', stride = '1x2' }", "global_maxpool2d { keepdims = true }"} do
    for _, c in ipairs {5, 16} do
        case(("%s of %d"):format(p, c), ("input = '9x8x2', conv2d { %d, kernel = 3, padding = 'same', activation = 'relu' }, conv2d { %d, kernel = 3, padding = 'same', activation = 'relu' }, %s, conv2d { 3, kernel = 1 }"):format(c, c, p))
    end
end

case("activations by themselves", "input = '6x7x2', conv2d { 6, kernel = 3, padding = 'same' }, maxpool2d { 3, stride = 1, padding = 'same' }, gelu {}, depthwise_conv2d { 3, padding = 'same' }, avgpool2d { 3, stride = 1, padding = 'same' }, softmax {}, depthwise_conv2d { 3, padding = 'same' }, maxpool2d { 2, stride = 1 }, tanh {}, " .. last)

-- One axis; readers that still want the input; a pad, a transposed convolution and a concat in between.
case("1D", "input = '19x3', conv1d { 8, kernel = 5, padding = 'same' }, depthwise_conv1d { 3, padding = 'same', activation = 'relu' }, conv1d { 16, kernel = 3, padding = {2, 0}, dilation = 2 }, maxpool1d { 2 }, conv1d { 4, kernel = 4, padding = 'same', stride = 2 }, flatten {}, dense { 2 }")
case("residual", "input = '7x6x2', conv2d { 16, kernel = 3, padding = 'same' }, residual { conv2d { 16, kernel = 3, padding = 'same', activation = 'relu' }, conv2d { 16, kernel = 3, padding = 'same' }, activation = 'relu' }, residual { depthwise_conv2d { 3, padding = 'same' } }, " .. last)
case("zero padding", "input = '7x6x2', conv2d { 4, kernel = 3, padding = 'same' }, zero_padding2d { {1, 0, 2, 1} }, conv2d { 4, kernel = 3, padding = 1 }, depthwise_conv2d { 3, padding = 'same' }, " .. last)
case("transposed behind", "input = '5x6x2', conv2d { 4, kernel = 3, padding = 'same' }, conv2d { 6, kernel = 3, padding = 'same' }, conv2d_transpose { 4, kernel = 3, stride = 2, padding = 1 }, conv2d { 4, kernel = 3, padding = 'same' }, " .. last)
case("concat", "input = '6x6x2', conv2d { 4, kernel = 3, padding = 'same' }, concat { { conv2d { 3, kernel = 3, padding = 'same' }, conv2d { 3, kernel = 1 } }, { conv2d { 5, kernel = 5, padding = 'same' } } }, conv2d { 8, kernel = 3, padding = 'same' }, " .. last)
case("a cropped input", "input = '9x8x2', conv2d { 4, kernel = 3, padding = 'same' }, cropping2d { 1 }, conv2d { 4, kernel = 3, padding = 'same' }, depthwise_conv2d { 3, padding = 'same' }, " .. last)

return cases
