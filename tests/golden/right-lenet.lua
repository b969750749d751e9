-- the classic chain: 28x28x1 -> 28x28x6 -> 14x14x6 -> 10x10x16 -> 5x5x16 -> 400 -> 120 -> 84 -> 10
return model {
  input = "28x28x1",
  conv2d    { 6, kernel = 5, padding = "same", activation = "tanh", name = "C1" },
  avgpool2d { 2, name = "S2" },
  conv2d    { 16, kernel = 5, activation = "tanh", name = "C3" },
  avgpool2d { 2, name = "S4" },
  flatten   {},
  dense     { 120, activation = "tanh" },
  dense     { 84, activation = "tanh" },
  dense     { 10, activation = "softmax" },
  optimizer = adam { 0.002 },
  batch     = 16,
}
