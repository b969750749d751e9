-- ResNet-8 (MLPerf Tiny, image classification): CIFAR-10 as it is, 0..255.
local function conv(filters, options)
  options[1], options.bias = filters, true
  options.kernel = 3
  return conv_bn(options)
end
local function block(filters)
  return residual {
    conv(filters, { stride = 2 }),
    conv(filters, { activation = "linear" }),
    shortcut = conv2d { filters, kernel = 1, stride = 2 },
    activation = "relu",
  }
end
return model {
  input = "32x32x3",
  conv(16, {}),
  residual { conv(16, {}), conv(16, { activation = "linear" }), activation = "relu" },
  block(32),
  block(64),
  avgpool2d { 8 },
  flatten {},
  dense { 10, activation = "softmax" },
  optimizer = adam { lr = 1e-3 },
  batch = 32,
}
