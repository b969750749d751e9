-- Views, zero padding, dropout, and chains of them.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
case("zero padding first", "input = '4x3x2', zero_padding2d { 1 }, conv2d { 3, kernel = 3 }, conv2d { 2, kernel = 2 }")
case("zero padding asymmetric", "input = '4x3x2', conv2d { 3, kernel = 2 }, zero_padding2d { {1, 0, 2, 3} }, conv2d { 3, kernel = 3 }")
case("zero padding twice", "input = '4x3x2', conv2d { 3, kernel = 2 }, zero_padding2d { 1 }, zero_padding2d { '0x2' }, conv2d { 3, kernel = 3, padding = 1 }")
case("zero padding of zero", "input = '4x3x2', conv2d { 3, kernel = 2 }, zero_padding2d { 0 }, conv2d { 3, kernel = 2 }")
case("zero padding last", "input = '4x3x2', conv2d { 3, kernel = 2 }, zero_padding2d { 1 }")
case("zero padding, pool, activation", "input = '5x5x2', conv2d { 3, kernel = 2, activation = 'relu' }, zero_padding2d { 1 }, maxpool2d { 2 }, zero_padding2d { padding = 1 }, tanh {}, conv2d { 2, kernel = 3 }")
case("zero padding 1D", "input = '9x2', conv1d { 3, kernel = 2 }, zero_padding1d { {2, 1} }, conv1d { 3, kernel = 4 }")
case("padding of a view", "input = '12', dense { 12 }, reshape { '3x4x1' }, conv2d { 3, kernel = 3, padding = 'same' }, reshape { '36' }, dense { 2 }")
case("reshape to 1D and back", "input = '4x4x2', conv2d { 4, kernel = 2, activation = 'relu' }, reshape { '9x4' }, conv1d { 5, kernel = 3 }, reshape { '7x5x1' }, conv2d { 2, kernel = 2 }, flatten {}, dense { 2 }")
case("flatten twice", "input = '3x3x2', flatten {}, flatten {}, dense { 4 }, flatten {}, dense { 2 }, flatten {}")
case("only views", "input = '2x3x2', flatten {}, reshape { '3x2x2' }")
case("only an activation", "input = '2x3x2', softmax {}")
case("only padding", "input = '2x3x2', zero_padding2d { 1 }")
case("only a pool", "input = '4x6x3', maxpool2d { 2 }")
case("dropout", "input = '4x4x2', batch = 3, conv2d { 4, kernel = 2, activation = 'relu' }, dropout { 0.5 }, flatten {}, dense { 9, activation = 'tanh' }, dropout { 0.25 }, dense { 2 }")
case("dropout before padding", "input = '5x5x2', batch = 2, conv2d { 4, kernel = 2 }, dropout { 0.3 }, conv2d { 3, kernel = 3, padding = 'same' }")
case("dropout first and last", "input = '6', batch = 2, dropout { 0.2 }, dense { 5 }, dropout { 0.2 }")
case("dropout behind a pool, the same with every plan", "input = '6x6x2', batch = 3, conv2d { 3, kernel = 3 }, maxpool2d { 2 }, dropout { 0.3 }, dropout { 0.3 }, flatten {}, dense { 3 }")
case("dropout of zero", "input = '6', dropout { 0 }, dense { 5 }")
for _, c in ipairs {1, 3, 4, 5, 16, 19} do
    case("spatial dropout of " .. c, ("input = '5x4x2', batch = 3, conv2d { %d, kernel = 2, activation = 'relu' }, spatial_dropout2d { 0.4 }, conv2d { 3, kernel = 3, padding = 'same' }"):format(c))
end
case("spatial dropout first", "input = '4x4x5', batch = 2, spatial_dropout2d { 0.3 }, conv2d { 4, kernel = 2 }, flatten {}, dense { 2 }")
case("spatial dropout last", "input = '4x4x2', batch = 2, conv2d { 6, kernel = 2 }, spatial_dropout2d { rate = 0.3 }")
case("spatial dropout of one pixel", "input = '3x3x2', batch = 3, conv2d { 9, kernel = 3 }, spatial_dropout2d { 0.5 }, flatten {}, dense { 2 }")
case("spatial dropout of zero", "input = '3x3x2', batch = 2, conv2d { 9, kernel = 3 }, spatial_dropout2d { 0 }, flatten {}, dense { 2 }")
case("spatial dropout in 1D", "input = '9x3', batch = 3, conv1d { 7, kernel = 3 }, spatial_dropout1d { 0.4 }, maxpool1d { 2 }, flatten {}, dense { 2 }")
case("spatial dropout and norms", "input = '6x6x2', batch = 3, conv2d { 8, kernel = 3, padding = 1 }, batch_norm { activation = 'relu' }, spatial_dropout2d { 0.4 }, residual { conv2d { 8, kernel = 3, padding = 1 }, spatial_dropout2d { 0.4 } }, dropout { 0.4 }, flatten {}, dense { 2 }")
return cases
