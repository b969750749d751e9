-- SqueezeNet 1.1 (Iandola et al. 2016), as in PyTorch.
return model {
  input = "224x224x3",
  conv2d { 64, kernel = 3, stride = 2, activation = "relu" },
  maxpool2d { 3, stride = 2 },
  fire { squeeze = 16, expand = 64 }, fire { squeeze = 16, expand = 64 },
  maxpool2d { 3, stride = 2 },
  fire { squeeze = 32, expand = 128 }, fire { squeeze = 32, expand = 128 },
  maxpool2d { 3, stride = 2 },
  fire { squeeze = 48, expand = 192 }, fire { squeeze = 48, expand = 192 },
  fire { squeeze = 64, expand = 256 }, fire { squeeze = 64, expand = 256 },
  dropout { 0.5 },
  conv2d { 1000, kernel = 1, activation = "relu" },
  global_avgpool2d {},
  softmax {},
}
