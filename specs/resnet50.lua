-- ResNet-50 (He et al. 2015). As in PyTorch; with -D keras=true as in Keras, whose convolutions have a bias and whose
-- stages stride in their first convolution.
local keras = arg("keras", false)
local function stage(filters, stride, count)
  local layers = { bottleneck { filters, stride = stride, stride_first = keras, project = true, bias = keras } }
  for i = 2, count do
    layers[i] = bottleneck { filters, bias = keras }
  end
  return layers
end
return model {
  input = "224x224x3",
  conv_bn { 64, kernel = 7, stride = 2, padding = 3, bias = keras, epsilon = 1e-5, momentum = 0.9 },
  maxpool2d { 3, stride = 2, padding = 1 },
  stage(64, 1, 3), stage(128, 2, 4), stage(256, 2, 6), stage(512, 2, 3),
  global_avgpool2d {},
  dense { 1000, activation = "softmax" },
}
