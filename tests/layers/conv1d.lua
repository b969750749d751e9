-- Convolution along one axis.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
for _, p in ipairs {"'valid'", "'same'", "2", "{ 3, 0 }"} do
    for _, s in ipairs {1, 3} do
        case("padding " .. p .. " stride " .. s, ("input = '11x2', batch = 2, conv1d { 3, kernel = 3 }, conv1d { 9, kernel = 4, padding = %s, stride = %d, activation = 'relu' }"):format(p, s))
    end
end
for f = 1, 5 do
    case("few filters, " .. f, ("input = '%dx%d', batch = 2, conv1d { %d, kernel = 5, padding = 'same', activation = 'relu' }, conv1d { %d, kernel = 3, dilation = 2, stride = 2 }"):format(40 + f, f, f, 6 - f))
end
case("dilation", "input = '20x1', conv1d { 4, kernel = 3, dilation = 2 }, conv1d { 4, kernel = 3, dilation = 4, padding = 'same' }")
case("groups", "input = '9x4', conv1d { 8, kernel = 3, groups = 2 }, conv1d { 4, kernel = 2, groups = 4 }")
case("one step", "input = '1x3', conv1d { 5, kernel = 1 }, conv1d { 2, kernel = 3, padding = 'same' }")
case("packet", "input = '24x1', batch = 4, conv1d { 8, kernel = 4, activation = 'relu' }, global_maxpool1d {}, dense { 1, activation = 'sigmoid' }")
case("chain with pools", "input = '30x2', conv1d { 5, kernel = 3, activation = 'relu' }, maxpool1d { 2 }, conv1d { 6, kernel = 3 }, avgpool1d { 3 }, flatten {}, dense { 2 }")
return cases
