-- A graph frozen up to a layer in one of its branches: the norm there uses its moving statistics, and is applied by the layer before it.
return model {
  input = "8x8x2",
  conv2d { 4, kernel = 3, padding = 1 },
  batch_norm { activation = "relu" },
  maxpool2d { 2 },
  residual {
    conv2d { 4, kernel = 3, padding = 1 },
    batch_norm { name = "last" },
    shortcut = { conv2d { 4, kernel = 1 }, batch_norm {} },
  },
  global_avgpool2d {},
  dense { 3, activation = "softmax" },
  freeze_until = "last",
  optimizer = adam {},
  batch = 4,
}
