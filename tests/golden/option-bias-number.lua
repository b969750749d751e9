return model {
  input = "28x28x1",
  conv2d { 1, kernel = 3, bias = 0 },
}
