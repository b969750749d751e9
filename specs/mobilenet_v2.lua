-- MobileNetV2 (Sandler et al. 2018).
local from = 32
local function stage(expansion, filters, count, stride)
  local layers = {}
  for i = 1, count do
    layers[i] = inverted_residual { filters, channels = from, expansion = expansion, stride = i == 1 and stride or 1 }
    from = filters
  end
  return layers
end
return model {
  input = "224x224x3",
  conv_bn { 32, kernel = 3, stride = 2, activation = "relu6" },
  stage(1, 16, 1, 1), stage(6, 24, 2, 2), stage(6, 32, 3, 2), stage(6, 64, 4, 2), stage(6, 96, 3, 1), stage(6, 160, 3, 2), stage(6, 320, 1, 1),
  conv_bn { 1280, kernel = 1, activation = "relu6" },
  global_avgpool2d {},
  dense { 1000, activation = "softmax" },
}
