-- Graphs: sums, products, channels side by side, layers with several readers, and every way in which gradients meet.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
local function conv(filters, kernel, more)
    return ("conv2d { %d, kernel = %s, padding = 'same'%s }"):format(filters, kernel or 3, more and ", " .. more or "")
end

-- Residual blocks: the gradient of the sum goes both ways.
for _, c in ipairs {1, 3, 4, 16, 19} do
    for _, a in ipairs {"linear", "relu", "gelu"} do
        case(("residual of %d channels, %s"):format(c, a), ("input = '5x6x2', batch = 3, %s, residual { %s, %s, activation = '%s' }, %s"):format(
            conv(c), conv(c, 3, "activation = 'relu'"), conv(c), a, conv(2, 1)))
    end
end
case("residual of the input", "input = '6x5x4', residual { " .. conv(4) .. " }, flatten {}, dense { 3 }")
case("residual with a shortcut", "input = '6x6x3', batch = 2, " .. conv(4, 3, "activation = 'relu'") .. ", residual { conv2d { 6, kernel = 3, stride = 2, padding = 1, activation = 'relu' }, " .. conv(6) ..
    ", shortcut = { conv2d { 6, kernel = 1, stride = 2 } }, activation = 'relu' }, global_avgpool2d {}, dense { 3, activation = 'softmax' }")
case("shortcut of one layer", "input = '6x6x3', batch = 2, residual { " .. conv(5) .. ", shortcut = conv2d { 5, kernel = 1, activation = 'tanh' } }, maxpool2d { 2 }, flatten {}, dense { 2 }")
case("shortcut with an activation of its own", "input = '5x5x3', batch = 2, " .. conv(4) .. ", residual { " .. conv(4, 3, "activation = 'sigmoid'") .. ", shortcut = { " .. conv(4, 1, "activation = 'relu'") .. " }, activation = 'relu' }, " .. conv(2))
case("two residuals", "input = '6x6x3', batch = 2, " .. conv(16, 3, "activation = 'relu'") .. ", residual { " .. conv(16, 3, "activation = 'relu'") .. ", " .. conv(16) .. ", activation = 'relu' }, residual { " ..
    conv(16, 3, "activation = 'relu'") .. ", " .. conv(16) .. ", activation = 'relu' }, " .. conv(2, 1))
case("residual in a residual", "input = '6x5x2', batch = 2, " .. conv(3) .. ", residual { " .. conv(3) .. ", residual { " .. conv(3, 3, "activation = 'relu'") .. " }, activation = 'relu' }, flatten {}, dense { 2 }")
case("residual of dense layers", "input = '7', batch = 3, dense { 5, activation = 'relu' }, residual { dense { 8, activation = 'relu' }, dense { 5 }, activation = 'tanh' }, dense { 2 }")
case("residual in 1D", "input = '13x3', batch = 2, conv1d { 4, kernel = 3, padding = 'same' }, residual { conv1d { 4, kernel = 5, padding = 'same', activation = 'relu' } }, maxpool1d { 2 }, flatten {}, dense { 2 }")
case("residual around a pool", "input = '6x6x2', batch = 2, " .. conv(4) .. ", residual { maxpool2d { 3, stride = 1, padding = 'same' }, activation = 'relu' }, flatten {}, dense { 2 }")
case("residual of activations", "input = '4x4x2', batch = 2, " .. conv(3) .. ", residual { gelu {}, tanh {} }, " .. conv(2))
case("residual, softmax behind", "input = '4x4x2', batch = 2, " .. conv(3) .. ", residual { " .. conv(3) .. ", activation = 'softmax' }, " .. conv(2))
case("residual last", "input = '6', batch = 2, dense { 3 }, residual { dense { 3, activation = 'tanh' }, activation = 'softmax' }")
case("residual last, sigmoid", "input = '6', batch = 2, dense { 3 }, residual { dense { 3, activation = 'tanh' }, activation = 'sigmoid' }")

-- Padding of several readers of one buffer.
case("readers with borders of their own", "input = '7x6x2', batch = 2, " .. conv(5, 3, "activation = 'relu', name = 'a'") .. ", add { { conv2d { 4, kernel = 3, padding = 1 } }, { conv2d { 4, kernel = 5, padding = 2 } }, { conv2d { 4, kernel = 1 } }, { conv2d { 4, kernel = '1x3', padding = '0x1' } } }, flatten {}, dense { 2 }")
case("readers of the input", "input = '7x6x2', batch = 2, add { { conv2d { 4, kernel = 3, padding = 1 } }, { conv2d { 4, kernel = 5, padding = 2, activation = 'relu' } } }, flatten {}, dense { 2 }")
case("a flat reader and one with a border", "input = '4x4x2', batch = 2, " .. conv(3, 3, "name = 'a'") .. ", " .. conv(2) .. ", flatten {}, dense { 4, name = 'b' }, add { 'b', { from = 'a', flatten {}, dense { 4 } } }, dense { 2 }")
case("zero padding read twice", "input = '4x4x2', batch = 2, " .. conv(3) .. ", zero_padding2d { 1, name = 'p' }, conv2d { 3, kernel = 3 }, add { {}, { from = 'p', conv2d { 3, kernel = 3, padding = 1, stride = 1 }, maxpool2d { '3x3', stride = 1 } } }, flatten {}, dense { 2 }")
case("zero padding and a flat reader", "input = '4x4x2', batch = 2, " .. conv(3) .. ", zero_padding2d { 1, name = 'p' }, conv2d { 2, kernel = 3, padding = 2 }, flatten {}, dense { 4, name = 'b' }, add { {}, { from = 'p', flatten {}, dense { 4 } } }, dense { 2 }")
case("views of a branch", "input = '4x4x2', batch = 2, " .. conv(3, 3, "name = 'a'") .. ", add { { reshape { '8x2x3' }, conv2d { 2, kernel = 1 } }, { from = 'a', reshape { '8x2x3' }, " .. conv(2) .. " } }, flatten {}, dense { 2 }")

-- Sums and products of many.
case("a sum of four", "input = '5x4x3', batch = 2, " .. conv(6) .. ", add { {}, { " .. conv(6) .. " }, { " .. conv(6, 1, "activation = 'relu'") .. " }, {}, activation = 'relu' }, " .. conv(2))
case("twice the same", "input = '5x4x3', batch = 2, " .. conv(6) .. ", add { {}, {} }, mul { {}, {} }, " .. conv(2))
case("a product of branches", "input = '5x4x3', batch = 2, " .. conv(6, 3, "name = 'a'") .. ", mul { { " .. conv(6, 1, "activation = 'sigmoid'") .. " }, 'a', { " .. conv(6) .. " }, activation = 'relu' }, " .. conv(2))
for _, c in ipairs {2, 5, 16, 21} do
    case("squeeze and excite, " .. c, ("input = '5x6x3', batch = 3, %s, mul { {}, { global_avgpool2d {}, dense { 3, activation = 'relu' }, dense { %d, activation = 'sigmoid' } } }, %s"):format(conv(c, 3, "activation = 'relu'"), c, conv(2)))
end
case("the scale first", "input = '5x6x3', batch = 2, " .. conv(4) .. ", mul { { global_maxpool2d {} }, {}, activation = 'tanh' }, flatten {}, dense { 2 }")
case("product of flat values", "input = '9', batch = 2, mul { { dense { 5 } }, { dense { 5, activation = 'sigmoid' } } }, dense { 2 }")
case("sum with a frozen branch", "input = '5x4x2', batch = 2, " .. conv(4, 3, "trainable = false") .. ", residual { " .. conv(4) .. " }, residual { " .. conv(4, 3, "trainable = false") .. ", activation = 'relu' }, flatten {}, dense { 2 }")
-- What could be done in place reads what somebody else reads later.
for _, first in ipairs {"batch_norm { activation = 'relu' }", "layer_norm {}", "prelu { init = 0.3 }", "group_norm { 2 }"} do
    case("residual that starts with " .. first:match("%w+"), "input = '5x4x2', batch = 2, " .. conv(4) .. ", residual { " .. first .. ", " .. conv(4) .. " }, residual { " .. first .. ", " .. conv(4) .. " }, flatten {}, dense { 2 }")
end
case("terms of a sum that are read again", "input = '5x4x2', batch = 2, conv2d { 4, kernel = 1, name = 'a' }, conv2d { 4, kernel = 1, name = 'b' }, add { 'a', 'b' }, conv2d { 4, kernel = 1, name = 'c' }, add { 'a', 'c' }, mul { {}, 'b' }, flatten {}, dense { 2 }")
case("sum with a frozen first branch", "input = '5x4x2', batch = 2, add { { " .. conv(4, 3, "trainable = false") .. " }, { " .. conv(4) .. " } }, flatten {}, dense { 2 }")
case("sum of a frozen branch and a cropped one", "input = '5x4x2', batch = 2, add { { conv2d { 4, kernel = '2x1', trainable = false } }, { conv2d { 4, kernel = 1, activation = 'relu' }, cropping2d { { 0, 1, 0, 0 } } } }, flatten {}, dense { 2 }")
case("product with a frozen image", "input = '5x4x2', batch = 2, mul { { " .. conv(4, 3, "trainable = false") .. " }, { global_avgpool2d {}, dense { 4 } } }, flatten {}, dense { 2 }")
case("a sum with the upper rows of an image", "input = '6x4x2', batch = 2, conv2d { 4, kernel = 1, activation = 'relu' }, add { { cropping2d { { 0, 2, 0, 0 } } }, { conv2d { 4, kernel = '3x1' } } }, flatten {}, dense { 2 }")
case("a sum with the upper rows of an image, first", "input = '6x4x2', batch = 2, conv2d { 4, kernel = 1, activation = 'relu' }, add { { conv2d { 4, kernel = '3x1' } }, { cropping2d { { 0, 2, 0, 0 } } } }, relu {}, flatten {}, dense { 2 }")
case("product with a frozen scale", "input = '5x4x2', batch = 2, mul { { " .. conv(4) .. " }, { global_avgpool2d {}, dense { 4, trainable = false } } }, flatten {}, dense { 2 }")

-- Channels side by side.
for _, c in ipairs {{1, 1}, {3, 5}, {16, 16}, {4, 17}} do
    case(("concat of %d and %d"):format(c[1], c[2]), ("input = '5x6x2', batch = 2, concat { { %s }, { %s } }, %s, flatten {}, dense { 2 }"):format(
        conv(c[1], 3, "activation = 'relu'"), conv(c[2], 1), conv(3)))
end
case("concat with what it reads", "input = '5x6x2', batch = 2, " .. conv(5, 3, "activation = 'relu'") .. ", concat { {}, { " .. conv(4) .. " }, {} }, relu {}, maxpool2d { 2 }, flatten {}, dense { 2 }")
case("concat of pools and convolutions", "input = '8x8x3', batch = 2, " .. conv(4) .. ", concat { { conv2d { 3, kernel = 1, activation = 'relu' } }, { conv2d { 2, kernel = 1 }, " .. conv(4, 3, "activation = 'relu'") .. " }, { conv2d { 2, kernel = 1 }, " .. conv(3, 5) ..
    " }, { maxpool2d { 3, stride = 1, padding = 'same' }, conv2d { 2, kernel = 1 } } }, global_avgpool2d {}, dense { 3, activation = 'softmax' }")
case("concat in a concat", "input = '5x5x2', batch = 2, concat { { " .. conv(2) .. " }, { concat { { " .. conv(3) .. " }, {} } } }, flatten {}, dense { 2 }")
case("concat of flat values", "input = '9', batch = 2, concat { { dense { 3, activation = 'relu' } }, {}, { dense { 18 } } }, dense { 2, activation = 'softmax' }")
case("concat last", "input = '9', batch = 2, concat { { dense { 3 } }, { dense { 2 } } }, loss = 'mae'")
case("concat last, a frozen branch behind the others", "input = '9', batch = 2, concat { { dense { 3 } }, { dense { 2, trainable = false } } }, loss = 'mae'")
case("concat last, a frozen branch in front", "input = '9', batch = 2, concat { { dense { 3, trainable = false } }, { dense { 2, activation = 'sigmoid' } }, {} }, loss = 'mse'")
case("concat in 1D", "input = '9x3', batch = 2, concat { { conv1d { 3, kernel = 3, padding = 'same' } }, { conv1d { 5, kernel = 1 } } }, conv1d { 2, kernel = 3, padding = 'same' }, flatten {}, dense { 2 }")
case("dense connections", "input = '6x6x3', batch = 2, concat { {}, { " .. conv(4, 3, "activation = 'relu'") .. " } }, concat { {}, { " .. conv(4, 3, "activation = 'relu'") .. " } }, concat { {}, { " .. conv(4) .. " } }, global_avgpool2d {}, dense { 2 }")

-- Names.
case("from a layer further up", "input = '6x6x2', batch = 2, " .. conv(4, 3, "activation = 'relu', name = 'first'") .. ", " .. conv(6, 3, "stride = 2") .. ", relu {}, conv2d { 5, kernel = 3 }, flatten {}, dense { 3, name = 'left' }, maxpool2d { 2, from = 'first' }, flatten {}, dense { 3 }, add { {}, 'left' }")
case("from the input", "input = '6x6x2', batch = 2, " .. conv(3) .. ", concat { {}, 'input' }, " .. conv(2, 3, "from = 'concat1'"))
case("a pool that another reads past", "input = '6x6x2', batch = 2, " .. conv(4, 3, "activation = 'relu', name = 'a'") .. ", maxpool2d { 2 }, flatten {}, dense { 4 }, add { {}, { from = 'a', global_maxpool2d {} } }, dense { 2 }")
case("an activation that another reads past", "input = '6x6x2', batch = 2, " .. conv(4, 3, "name = 'a'") .. ", relu {}, add { {}, 'a' }, flatten {}, dense { 2 }")
case("dropout between branches", "input = '6x6x2', batch = 2, " .. conv(4) .. ", residual { dropout { 0.4 }, " .. conv(4) .. " }, flatten {}, dense { 2 }")
case("with Adam", "input = '6x6x2', batch = 2, optimizer = adam { 0.01 }, " .. conv(4) .. ", residual { " .. conv(4, 3, "activation = 'relu'") .. ", " .. conv(4) .. " }, flatten {}, dense { 2 }")
case("a large kernel behind a sum", "input = '8x8x4', batch = 3, " .. conv(8) .. ", residual { " .. conv(8) .. ", activation = 'relu' }, flatten {}, dense { 16, activation = 'relu' }, residual { dense { 16 } }, dense { 2 }")
case("one sample", "input = '8x8x4', batch = 1, " .. conv(8) .. ", residual { " .. conv(8) .. ", activation = 'relu' }, flatten {}, dense { 16, activation = 'relu' }, residual { dense { 16 } }, dense { 2 }")
return cases
