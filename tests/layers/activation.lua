-- Every activation as an option and as a layer, behind convolution and dense, in the middle and at the end.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
for _, a in ipairs {"relu", "leaky_relu", "relu6", "sigmoid", "tanh", "softmax", "softplus", "elu", "gelu", "silu", "hard_sigmoid",
                    "hard_swish", "softsign", "gelu_tanh", "thresholded_relu"} do
    case(a .. " option", ("input = '4x4x2', batch = 2, conv2d { 5, kernel = 2, activation = '%s' }, flatten {}, dense { 4, activation = '%s' }"):format(a, a))
    case(a .. " layer", ("input = '4x4x2', batch = 2, %s {}, conv2d { 5, kernel = 2 }, %s {}, flatten {}, dense { 4 }, %s {}"):format(a, a, a))
    case(a .. " with padding behind", ("input = '4x4x2', conv2d { 3, kernel = 2, activation = '%s' }, conv2d { 3, kernel = 3, padding = 'same' }, %s {}, conv2d { 2, kernel = 3, padding = 1 }"):format(a, a))
end
case("leaky_relu alpha", "input = '8', dense { 9 }, leaky_relu { 0.3 }, dense { 9 }, elu { alpha = 0.5 }, dense { 2 }")
case("thresholded_relu alpha", "input = '8', dense { 9 }, thresholded_relu { 0.3 }, dense { 9 }, thresholded_relu { alpha = 0.125 }, dense { 2 }")
case("two in a row", "input = '3x3x2', conv2d { 4, kernel = 2, activation = 'tanh' }, sigmoid {}, gelu {}, flatten {}, dense { 2 }")
return cases
