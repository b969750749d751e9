-- ResNet-18 (He et al. 2015), as in PyTorch.
local function stage(filters, stride)
  return { basic_block { filters, stride = stride, project = stride > 1 }, basic_block { filters } }
end
return model {
  input = "224x224x3",
  conv_bn { 64, kernel = 7, stride = 2, padding = 3, epsilon = 1e-5, momentum = 0.9 },
  maxpool2d { 3, stride = 2, padding = 1 },
  stage(64, 1), stage(128, 2), stage(256, 2), stage(512, 2),
  global_avgpool2d {},
  dense { 1000, activation = "softmax" },
}
