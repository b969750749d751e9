return model {
  input = "8x8x3",
  residual { conv2d { 3, kernel = 1, name = "a" } },
  residual { conv2d { 3, kernel = 1, name = "a" } },
}
