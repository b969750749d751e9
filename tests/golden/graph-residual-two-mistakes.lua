return model {
  input = "8x8x3",
  residual { conv2d { 3, kernel = 9 }, conv2d { 3, kernl = 3 } },
  conv2d { 3, kernel = 3, strid = 1 },
}
