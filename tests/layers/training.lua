-- Losses, optimizers, frozen layers, whole small networks.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
local net = "input = '5x5x1', batch = 4, conv2d { 3, kernel = 3, activation = 'tanh' }, flatten {}, "
for _, loss in ipairs {"mse", "mae", "huber"} do
    case(loss, net .. ("dense { 4 }, loss = '%s'"):format(loss))
    case(loss .. " behind sigmoid", net .. ("dense { 4, activation = 'sigmoid' }, loss = '%s'"):format(loss))
end
case("huber with delta", net .. "dense { 4 }, loss = 'huber', huber_delta = 0.3")
case("binary cross entropy", net .. "dense { 4, activation = 'sigmoid' }, loss = 'binary_cross_entropy'")
case("binary cross entropy, one output", net .. "dense { 1, activation = 'sigmoid' }")
case("binary cross entropy, layer", net .. "dense { 3 }, sigmoid {}")
case("binary cross entropy behind softmax", net .. "dense { 4, activation = 'softmax' }, loss = 'binary_cross_entropy'")
case("cross entropy", net .. "dense { 5, activation = 'softmax' }")
case("cross entropy, layer", net .. "dense { 5 }, softmax {}, loss = 'cross_entropy'")
case("cross entropy behind sigmoid", net .. "dense { 3, activation = 'sigmoid' }, loss = 'cross_entropy'")
case("cross entropy, image of classes", "input = '4x4x1', batch = 2, conv2d { 3, kernel = 3, padding = 'same', activation = 'softmax' }")
for _, o in ipairs {"sgd { lr = 0.1 }", "sgd { 0.1, weight_decay = 0.1 }", "sgd { lr = 0.1, clip_norm = 0.05 }",
                    "sgd { lr = 0.1, clip_norm = 100 }", "momentum { lr = 0.1 }", "momentum { lr = 0.1, momentum = 0.5, weight_decay = 0.01 }",
                    "nesterov { lr = 0.1, momentum = 0.8 }", "rmsprop {}", "rmsprop { rho = 0.5, epsilon = 0.01, weight_decay = 0.1 }",
                    "adam {}", "adam { lr = 0.1, beta1 = 0.5, beta2 = 0.7, epsilon = 0.001, weight_decay = 0.2, clip_norm = 0.1 }",
                    "adamw {}", "adamw { lr = 0.1, weight_decay = 0.3 }"} do
    case(o, net .. "dense { 3, activation = 'softmax' }, optimizer = " .. o)
end
local frozen = ", trainable = false"
for _, f in ipairs {{frozen, "", ""}, {"", frozen, ""}, {"", "", frozen}, {frozen, frozen, ""}, {"", frozen, frozen},
                    {frozen, "", frozen}, {frozen, frozen, frozen}} do
    local name = ("frozen %s%s%s"):format(f[1] ~= "" and 1 or 0, f[2] ~= "" and 1 or 0, f[3] ~= "" and 1 or 0)
    case(name, ("input = '6x6x1', batch = 3, optimizer = momentum {}, conv2d { 4, kernel = 3, padding = 'same', activation = 'relu' %s }, maxpool2d { 2 }, conv2d { 5, kernel = 2, activation = 'gelu' %s }, flatten {}, dense { 2 %s }"):format(f[1], f[2], f[3]))
end
case("fixed kernel below", "input = '5x5x1', conv2d { 1, kernel = 3, init = {0, 1, 0, 1, -4, 1, 0, 1, 0}, trainable = false }, conv2d { 2, kernel = 2 }")
case("like mnist", "input = '10x10x1', batch = 6, optimizer = adam {}, conv2d { 8, kernel = 3, activation = 'relu' }, maxpool2d { 2 }, conv2d { 18, kernel = 3, activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 12, activation = 'relu' }, dense { 10, activation = 'softmax' }")
case("like vgg", "input = '8x8x1', batch = 2, conv2d { 5, kernel = 3, padding = 1, activation = 'relu' }, conv2d { 5, kernel = 3, padding = 1, activation = 'relu' }, maxpool2d { 2 }, conv2d { 6, kernel = 3, padding = 1, activation = 'relu' }, conv2d { 6, kernel = 3, padding = 1, activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 7, activation = 'relu' }, dense { 3, activation = 'softmax' }")
case("like shapes", "input = '8x8x1', batch = 4, conv2d { 2, kernel = 3, padding = 'same', activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 1, activation = 'sigmoid' }")
return cases
