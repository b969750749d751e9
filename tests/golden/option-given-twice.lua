return model {
  input = "28x28x1",
  conv2d { 32, filters = 16, kernel = 3 },
}
