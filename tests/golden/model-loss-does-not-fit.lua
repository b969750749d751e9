return model {
  input = "28x28x1",
  flatten {},
  dense { 10 },
  loss = "cross_entropy",
}
