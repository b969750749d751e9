-- specs/mnist.lua with a quarter of the filters, so that it trains in a second under an emulator.
return model {
  input = "28x28x1",
  conv2d    { 8, kernel = 3, activation = "relu" },
  maxpool2d { 2 },
  conv2d    { 16, kernel = 3, activation = "relu" },
  maxpool2d { 2 },
  flatten   {},
  dense     { 32, activation = "relu" },
  dense     { 10, activation = "softmax" },
  loss      = "cross_entropy",
  optimizer = adam { lr = 1e-3 },
  batch     = 2,
}
