return model {
  input = "8x3x1",
  conv2d { 4, kernel = "3x5" },
}
