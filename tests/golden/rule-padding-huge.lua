return model {
  input = "28x28x1",
  conv2d { 4, kernel = 3, padding = 2147483647 },
}
