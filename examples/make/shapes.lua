-- Squares against circles.
return model {
  input = "28x28x1",
  conv2d    { 2, kernel = 3, padding = "same", activation = "relu" },
  maxpool2d { 2 },
  flatten   {},
  dense     { 1, activation = "sigmoid" }, -- 1: a circle
  optimizer = adam { lr = 0.005 },
  batch     = 32,
}
