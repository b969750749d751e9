return model {
  input = "28x28x1",
  conv2d { 64, kernel = 3 },
  batch = 2000000000,
}
