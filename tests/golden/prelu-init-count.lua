return model {
  input = "8x8x3",
  conv2d { 4, kernel = 3 },
  prelu { init = { 0.1, 0.2, 0.3 } },
}
