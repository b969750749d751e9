-- TinyMaix's digits with depthwise convolutions, the second with two filters for each channel.
return model {
  input = "28x28x1",
  conv2d { 4, kernel = 3, stride = 2, padding = "same", name = "ftr0a" },
  batch_norm { activation = "relu", name = "bn0" },
  depthwise_conv2d { 3, padding = "same", name = "ftr0b" },
  batch_norm { activation = "relu", name = "batch_normalization" },
  conv2d { 16, kernel = 3, stride = 2, padding = "same", name = "ftr1a" },
  batch_norm { activation = "relu", name = "bn1" },
  depthwise_conv2d { 3, multiplier = 2, padding = "same", name = "ftr1b" },
  batch_norm { activation = "relu", name = "batch_normalization_1" },
  global_avgpool2d {},
  dense { 10, activation = "softmax", name = "fc1" },
  optimizer = adam { lr = 1e-3 },
  batch = 32,
}
