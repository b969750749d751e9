-- Streaming wake word (MLPerf Tiny): 30 frames of 40 features, depthwise in time, 1x1 across features.
local function block(kernel, filters)
  return {
    depthwise_conv2d { kernel, bias = false },
    conv_bn { filters, kernel = 1 },
    dropout { 0.2 },
  }
end
return model {
  input = "30x1x40",
  block("3x1", 128),
  block("5x1", 128),
  block("10x1", 128),
  block("15x1", 32),
  flatten {},
  dense { 3, activation = "softmax" },
  optimizer = adam { lr = 1e-3 },
  batch = 32,
}
