-- Depthwise convolutions with batch norm, as in MobileNet: 17 channels fill no vector.
return model {
  input = "12x12x3",
  conv2d { 17, kernel = 3, stride = 2, padding = "same", bias = false },
  batch_norm { activation = "relu6" },
  depthwise_conv2d { kernel = 3, padding = "same", bias = false },
  batch_norm { activation = "relu" },
  conv2d { 20, kernel = 1, bias = false },
  batch_norm { activation = "relu" },
  depthwise_conv2d { kernel = 3, stride = 2, padding = "same", multiplier = 2, activation = "hard_swish" },
  global_avgpool2d {},
  dense { 5, activation = "softmax" },
  optimizer = momentum { lr = 0.05 },
  batch = 4,
}
