-- Small enough to read all of its C: every kind of layer that matters, in a few dozen numbers.
return model {
  input = "4x4x1",
  conv2d    { 2, kernel = 3, padding = "same", activation = "relu" },
  maxpool2d { 2 },
  flatten   {},
  dense     { 2, activation = "softmax" },
}
