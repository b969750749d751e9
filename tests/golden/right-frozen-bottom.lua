-- transfer: the two lower convolutions stay as they are; training keeps and computes nothing for them
return model {
  input = "12x12x3",
  conv2d    { 8, kernel = 3, padding = "same", activation = "relu", trainable = false },
  maxpool2d { 2 },
  conv2d    { 8, kernel = 3, activation = "relu", trainable = false },
  conv2d    { 4, kernel = 3, activation = "relu" },
  flatten   {},
  dense     { 2, activation = "softmax" },
  optimizer = momentum {},
  batch     = 2,
}
