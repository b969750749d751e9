return model {
  input = "28x28x1",
  conv2d { 5000000000, kernel = 3 },
}
