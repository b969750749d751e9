return model {
  input = "28x28x1",
  reshape { { 7, 7, 4, 4 } },
}
