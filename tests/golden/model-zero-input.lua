return model {
  input = "28x0x1",
  flatten {},
}
