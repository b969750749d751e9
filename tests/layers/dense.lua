-- Dense layers: output counts that fill no vector, batches of every size.
local cases = {}
local function case(name, text)
    cases[#cases + 1] = {name = name, text = text}
end
for _, units in ipairs {1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 31, 32, 33, 47, 64, 100, 130} do
    case(units .. " units", ("input = '13', batch = 3, dense { %d, activation = 'relu' }, dense { 3 }"):format(units))
end
for _, batch in ipairs {1, 2, 4, 5, 6, 7, 12, 16, 17, 32, 33} do
    case("batch of " .. batch, ("input = '9', batch = %d, dense { 17, activation = 'tanh' }, dense { 5 }, dense { 2, activation = 'softmax' }"):format(batch))
end
for _, inputs in ipairs {1, 2, 7, 8, 9, 16} do
    case(inputs .. " inputs", ("input = '%d', batch = 2, dense { 6 }, dense { 20 }"):format(inputs))
end
case("no bias", "input = '5', batch = 2, dense { 7, bias = false }, dense { 2, bias = false }")
case("behind an image", "input = '3x4x2', batch = 6, conv2d { 3, kernel = 2 }, flatten {}, dense { 20, activation = 'sigmoid' }, dense { 3 }")
case("image behind dense", "input = '6', batch = 3, dense { 18 }, reshape { '3x3x2' }, conv2d { 4, kernel = 2, padding = 'same' }, flatten {}, dense { 2 }")
case("activation between", "input = '6', batch = 3, dense { 9 }, silu {}, dense { 9 }, elu {}, dense { 2 }")
-- Large kernels under plain gradient descent are updated while their gradient is made.
for _, o in ipairs {"batch = 1, optimizer = sgd { lr = 0.1 }", "batch = 3, optimizer = sgd { lr = 0.1 }", "batch = 2, optimizer = sgd { lr = 0.1, weight_decay = 0.01 }",
                    "batch = 2, optimizer = sgd { lr = 0.1, clip_norm = 0.1 }", "batch = 7, optimizer = momentum { lr = 0.1 }"} do
    case("large kernel, " .. o, ("input = '90', %s, dense { 50, activation = 'tanh' }, dense { 83, activation = 'relu' }, dense { 3 }"):format(o))
end
case("large kernel, frozen", "input = '90', batch = 2, optimizer = sgd { lr = 0.1 }, dense { 50, trainable = false }, dense { 83 }, dense { 3 }")
for _, batch in ipairs {1, 3} do
    case("large kernel above convolutions, batch of " .. batch, ("input = '14x14x1', batch = %d, optimizer = sgd { lr = 0.1 }, conv2d { 16, kernel = 3, activation = 'relu' }, maxpool2d { 2 }, conv2d { 16, kernel = 3, activation = 'relu' }, flatten {}, dense { 20, activation = 'tanh' }, dense { 3 }"):format(batch))
end
case("large kernel first and last, no bias", "input = '70', batch = 2, optimizer = sgd { lr = 0.1 }, dense { 60, bias = false }, dense { 70, bias = false }")
return cases
