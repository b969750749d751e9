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
-- Frozen layers at the bottom: no gradients there, and norms, pools and activations inside the layers before them as in predict.
for _, f in ipairs {"input", "c1", "b1", "p1", "c2", "b2", "d1"} do
    case("freeze until " .. f, "input = '8x8x2', batch = 3, optimizer = adam {}, conv2d { 5, kernel = 3, padding = 'same', name = 'c1' }, batch_norm { name = 'b1' }, relu {}, maxpool2d { 2, name = 'p1' }, " ..
        "conv2d { 7, kernel = 3, name = 'c2' }, batch_norm { activation = 'gelu', name = 'b2' }, flatten {}, dense { 6, name = 'd1' }, batch_norm { name = 'b3' }, relu {}, dense { 2 }, freeze_until = '" .. f .. "'")
end
for _, f in ipairs {"a", "left", "sum", "right"} do
    case("freeze a graph until " .. f, "input = '6x6x3', batch = 2, conv2d { 4, kernel = 3, padding = 1, name = 'a' }, residual { conv2d { 8, kernel = 3, padding = 1, name = 'left' }, batch_norm { activation = 'relu' }, conv2d { 8, kernel = 3, padding = 1 }, batch_norm {}, " ..
        "shortcut = { conv2d { 8, kernel = 1, name = 'right' }, batch_norm {} }, activation = 'relu', name = 'sum' }, global_avgpool2d {}, dense { 3, activation = 'softmax' }, freeze_until = '" .. f .. "'")
end
for _, l in ipairs {"batch_norm {}, sigmoid {}", "batch_norm { activation = 'softmax' }", "batch_norm {}, maxpool2d { 2 }", "relu {}, avgpool2d { 2 }", "silu {}, maxpool2d { 3 }, batch_norm {}", "prelu {}, layer_norm {}, dropout { 0.3 }", "layer_norm { activation = 'gelu' }",
                    "spatial_dropout2d { 0.3 }, batch_norm {}", "depthwise_conv2d { 3, padding = 'same' }, batch_norm { activation = 'relu6' }", "conv2d { 6, kernel = 1, groups = 2 }, batch_norm { activation = 'hard_swish' }, avgpool2d { 2 }"} do
    case("frozen: " .. l, ("input = '7x8x2', batch = 3, conv2d { 6, kernel = 2, activation = 'leaky_relu' }, conv2d { 6, kernel = 1 }, %s, reshape { name = 'last', %s }, dense { 2 }, freeze_until = 'last'"):format(
        l, l:find("pool2d { 3", 1, true) and "'24'" or l:find("pool", 1, true) and "'54'" or "'252'"))
end
case("frozen: Winograd's channels", "input = '8x8x2', batch = 2, conv2d { 32, kernel = 3, padding = 1 }, batch_norm { activation = 'relu' }, conv2d { 32, kernel = 3, padding = 1 }, batch_norm { activation = 'relu' }, maxpool2d { 2 }, global_avgpool2d { name = 'last' }, dense { 2 }, freeze_until = 'last'")
case("frozen: few filters", "input = '8x23x1', batch = 2, conv2d { 2, kernel = 3 }, batch_norm { activation = 'relu' }, maxpool2d { 2 }, flatten { name = 'last' }, dense { 2 }, freeze_until = 'last'")
case("frozen: dense layers", "input = '9', batch = 5, dense { 17 }, batch_norm { activation = 'relu' }, dense { 33 }, batch_norm {}, dense { 5, name = 'last' }, gelu {}, dense { 2 }, freeze_until = 'last'")
case("frozen: two readers, one trained", "input = '6x6x2', batch = 2, conv2d { 4, kernel = 3, padding = 1, name = 'a' }, batch_norm {}, maxpool2d { 2, name = 'last' }, add { {}, { from = 'a', maxpool2d { 2 } }, { conv2d { 4, kernel = 1 } } }, flatten {}, dense { 2 }, freeze_until = 'last'")
case("frozen: layers that change sizes", "input = '3x4x2', batch = 2, conv2d_transpose { 5, kernel = 3, stride = 2 }, batch_norm { activation = 'relu' }, upsample2d { 2 }, conv2d { 4, kernel = 3, padding = 1 }, batch_norm {}, cropping2d { 1 }, silu {}, maxpool2d { 2, name = 'last' }, conv2d { 3, kernel = 3 }, flatten {}, dense { 2 }, freeze_until = 'last'")
case("fixed kernel below", "input = '5x5x1', conv2d { 1, kernel = 3, init = {0, 1, 0, 1, -4, 1, 0, 1, 0}, trainable = false }, conv2d { 2, kernel = 2 }")
case("like mnist", "input = '10x10x1', batch = 6, optimizer = adam {}, conv2d { 8, kernel = 3, activation = 'relu' }, maxpool2d { 2 }, conv2d { 18, kernel = 3, activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 12, activation = 'relu' }, dense { 10, activation = 'softmax' }")
case("like vgg", "input = '8x8x1', batch = 2, conv2d { 5, kernel = 3, padding = 1, activation = 'relu' }, conv2d { 5, kernel = 3, padding = 1, activation = 'relu' }, maxpool2d { 2 }, conv2d { 6, kernel = 3, padding = 1, activation = 'relu' }, conv2d { 6, kernel = 3, padding = 1, activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 7, activation = 'relu' }, dense { 3, activation = 'softmax' }")
case("like shapes", "input = '8x8x1', batch = 4, conv2d { 2, kernel = 3, padding = 'same', activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 1, activation = 'sigmoid' }")
return cases
