return model {
  input = "8x8x3",
  residual { conv2d { 3, kernel = 1 }, skip = { conv2d { 3, kernel = 1 } } },
}
