return model {
  input = "28x28x1",
  flatten {},
  dense { 1, activation = "sigmoid" },
  loss = "cross_entropy",
}
