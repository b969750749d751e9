return model {
  input = "28x28x1",
  flatten {},
  dense { 2 },
  optimizer = sgd { lr = -1 },
}
