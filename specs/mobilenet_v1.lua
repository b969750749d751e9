-- MobileNetV1 (Howard et al. 2017), as in Keras; -D width=0.25 makes it narrower.
local width = arg("width", 1.0)
local function channels(n)
  return math.tointeger(n * width // 1)
end
local function separable(filters, stride)
  return {
    depthwise_bn { 3, stride = stride, activation = "relu6" },
    conv_bn { channels(filters), kernel = 1, activation = "relu6" },
  }
end
return model {
  input = "224x224x3",
  conv_bn { channels(32), kernel = 3, stride = 2, activation = "relu6" },
  separable(64, 1),
  separable(128, 2), separable(128, 1),
  separable(256, 2), separable(256, 1),
  separable(512, 2), separable(512, 1), separable(512, 1), separable(512, 1), separable(512, 1), separable(512, 1),
  separable(1024, 2), separable(1024, 1),
  global_avgpool2d {},
  dense { 1000, activation = "softmax" },
}
