return model {
  input = "28x28x1",
  conv2d { 2.5, kernel = 3 },
}
