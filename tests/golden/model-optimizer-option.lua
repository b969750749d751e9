return model {
  input = "28x28x1",
  flatten {},
  dense { 2 },
  optimizer = adam { momentum = 0.9 },
}
