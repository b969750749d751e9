-- Two pairs of convolutions, each pair with a pool, all 3x3 with padding 1.
return model {
  input = "28x28x1",
  conv2d    { 32, kernel = 3, padding = 1, activation = "relu" },
  conv2d    { 32, kernel = 3, padding = 1, activation = "relu" },
  maxpool2d { 2 },
  conv2d    { 64, kernel = 3, padding = 1, activation = "relu" },
  conv2d    { 64, kernel = 3, padding = 1, activation = "relu" },
  maxpool2d { 2 },
  flatten   {},                                            -- 3136
  dense     { 128, activation = "relu" },
  dense     { 10, activation = "softmax" },
  optimizer = adam { lr = 1e-3 },
  batch     = 32,
}
