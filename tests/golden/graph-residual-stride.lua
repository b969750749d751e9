return model {
  input = "8x8x3",
  conv2d { 16, kernel = 3, padding = "same" },
  residual {
    conv2d { 32, kernel = 3, stride = 2, padding = 1 },
    conv2d { 32, kernel = 3, padding = "same" },
    shortcut = { conv2d { 32, kernel = 1 } },
  },
}
