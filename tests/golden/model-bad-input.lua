return model {
  input = "28x28*1",
  flatten {},
}
