return model {
  input = "28x28x1",
  reshape {},
}
