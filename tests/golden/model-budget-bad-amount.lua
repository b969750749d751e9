return model {
  input = "28x28x1",
  flatten {},
  budget = { ram = "64Q" },
}
