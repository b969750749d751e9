return model {
  input = "28x28x1",
  conv2d { 4, kernel = { h = 3, w = 5 } },
}
