-- Layers of the same sizes, which share functions: with everything in which they may differ all the same.
local cases = {}
local function case(name, text, input)
    cases[#cases + 1] = {name = name, text = ("input = '%s', batch = 3, "):format(input or "4x3x3") .. text .. ", flatten {}, dense { 3 }"}
end
local function conv(more, kind)
    return (kind or "conv2d { 3, kernel = 3") .. ", padding = 'same'" .. (more and ", " .. more or "") .. " }"
end
local function list(...)
    return table.concat({...}, ", ")
end
local relu, gelu, frozen, no_bias = "activation = 'relu'", "activation = 'gelu'", "trainable = false", "bias = false"
local depthwise = "depthwise_conv2d { 3"

case("three", list(conv(relu), conv(relu), conv(relu)))
case("activations", list(conv(relu), conv(gelu), conv(relu), conv(), conv(gelu), conv("activation = 'leaky_relu'"), conv(), "leaky_relu { 0.3 }", conv(), "leaky_relu { 0.2 }", conv(), "leaky_relu { 0.3 }"))
case("biases", list(conv(relu), conv(relu .. ", " .. no_bias), conv(relu), conv(relu .. ", " .. no_bias)))
case("frozen in between", list(conv(relu), conv(relu .. ", " .. frozen), conv(relu), conv(relu .. ", " .. frozen), conv(relu)))
case("frozen below", list(conv(relu .. ", " .. frozen), conv(relu .. ", " .. frozen), conv(relu), conv(relu)))
case("norms", list(conv(), "batch_norm { activation = 'relu' }", conv(), "batch_norm { activation = 'relu' }", conv(no_bias), "batch_norm { activation = 'relu' }"))
case("norms apart", list(conv(), "batch_norm { momentum = 0.5 }", conv(), "batch_norm { scale = false }", conv(), "batch_norm { momentum = 0.5 }", conv(), "batch_norm { center = false }", conv(), "batch_norm { epsilon = 0.01, momentum = 0.5 }"))
case("norms, some frozen", list(conv(), "batch_norm {}", conv(), "batch_norm { trainable = false }", conv(), "batch_norm {}", conv(frozen), "batch_norm { trainable = false }"))
case("separable", list(conv(relu, depthwise), conv(relu, "conv2d { 3, kernel = 1"), conv(relu, depthwise), conv(relu, "conv2d { 3, kernel = 1"), conv(nil, depthwise), conv(nil, "conv2d { 3, kernel = 1")))
case("in another order", list(conv(relu), conv(relu, depthwise), conv(relu, depthwise), conv(relu), conv(gelu, depthwise), conv(relu), conv(relu, depthwise)))
case("names like those of functions", list(conv("name = 'a'"), "batch_norm {}", conv("name = 'a_train'"), "batch_norm {}", conv(relu .. ", name = 'a_train2'"), conv("name = 'a_dx'"), conv("name = 'a_prepare'")))
case("residuals", ("residual { %s, %s, activation = 'relu' }, residual { %s, %s, activation = 'relu' }, residual { %s, %s }"):format(conv(relu), conv(), conv(relu), conv(), conv(relu), conv()))
case("branches", ("concat { { %s }, { %s }, { %s } }, conv2d { 3, kernel = 1 }, add { { %s }, { %s }, {} }"):format(conv(relu), conv(relu), conv(gelu), conv(relu), conv(relu)))
case("pools", list(conv(relu), "maxpool2d { 2, stride = 1, padding = 'same' }", conv(relu), "maxpool2d { 2, stride = 1, padding = 'same' }", conv(relu), "avgpool2d { 2, stride = 1, padding = 'same' }, avgpool2d { 2, stride = 1, padding = 'same' }"))
case("halos", list(conv(relu), conv(relu), conv(relu, "conv2d { 3, kernel = 5"), conv(relu), conv(relu, "conv2d { 3, kernel = 1"), conv(relu)))
case("one after another behind the input", list("zero_padding2d { 1 }, cropping2d { 1 }, zero_padding2d { 1 }, cropping2d { 1 }", conv(), "prelu {}, prelu {}", "layer_norm {}, layer_norm {}"))
case("dropouts", list(conv(relu), "dropout { 0.3 }", conv(relu), "dropout { 0.3 }", conv(), "dropout { 0.4 }", "spatial_dropout2d { 0.2 }, spatial_dropout2d { 0.2 }"))
case("dense", "flatten {}, dense { 36, activation = 'relu' }, dense { 36, activation = 'relu' }, dense { 36 }, dense { 36, activation = 'relu', trainable = false }, dense { 36, activation = 'relu', bias = false }")
case("transposed", list("conv2d_transpose { 3, kernel = 3, padding = 1, activation = 'relu' }", "conv2d_transpose { 3, kernel = 3, padding = 1, activation = 'relu' }", "conv2d_transpose { 3, kernel = 3, padding = 1 }"))
local grouped = "conv2d { 4, kernel = 3, groups = 2"
case("grouped", list("conv2d { 4, kernel = 1 }", conv(relu, grouped), conv(relu, grouped), conv(nil, grouped)))
for _, filters in ipairs {16, 32} do -- Winograd's tiles, and vectors that leave nothing over
    local wide = ("conv2d { %d, kernel = 3"):format(filters)
    case(filters .. " channels", list(conv(relu, wide), conv(relu, wide), conv(nil, wide), conv(relu, wide)), "6x5x2")
    case(filters .. " channels and norms", list(conv(nil, wide), "batch_norm {}, relu {}", conv(nil, wide), "batch_norm {}, relu {}", conv(nil, wide), "batch_norm {}"), "6x5x2")
end
-- Phases whose tiles differ in how many pixels they have, not in how many vectors.
cases[#cases + 1] = {name = "phases", text = "input = '2x14x3', batch = 2, conv2d_transpose { 32, kernel = 3, stride = 2 }, global_avgpool2d {}, dense { 2 }"}
return cases
