return model {
  input = "8x8x3",
  conv2d { 3, kernel = 3, padding = "same" },
  residual { name = "block",
    conv2d { 3, kernel = 3, padding = "same" },
    add { {}, { from = "block" } },
  },
}
