return model {
  input = "28x28x1",
  reshape { "7x7x4x4" },
}
