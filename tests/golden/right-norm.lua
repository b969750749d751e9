-- What the graph says of a batch norm, and of strides without a window.
return model {
  input = "6x6x4",
  residual {
    depthwise_conv2d { 3, multiplier = 2, stride = 2, padding = 1, bias = false },
    batch_norm { activation = "relu6", momentum = 0.9, epsilon = 1e-5 },
    shortcut = { conv2d { 8, kernel = 1, stride = 2 }, batch_norm { trainable = false } },
  },
  flatten {},
  dense { 3, activation = "softmax" },
}
