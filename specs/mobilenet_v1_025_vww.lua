-- MobileNetV1, a quarter as wide (MLPerf Tiny, visual wake words): is a person in a 96x96 picture of 0..1?
local function separable(filters, stride)
  return { depthwise_bn { 3, stride = stride, bias = true }, conv_bn { filters, kernel = 1, bias = true } }
end
return model {
  input = "96x96x3",
  conv_bn { 8, kernel = 3, stride = 2, bias = true },
  separable(16, 1),
  separable(32, 2), separable(32, 1),
  separable(64, 2), separable(64, 1),
  separable(128, 2), separable(128, 1), separable(128, 1), separable(128, 1), separable(128, 1), separable(128, 1),
  separable(256, 2), separable(256, 1),
  avgpool2d { 3 },
  flatten {},
  dense { 2, activation = "softmax" },
  optimizer = adam { lr = 1e-3 },
  batch = 32,
}
