return model {
  input = "8x8x3",
  concat { name = "outer",
    { residual { name = "inner", conv2d { 3, kernel = 1, from = "outer" } } },
    {},
  },
}
