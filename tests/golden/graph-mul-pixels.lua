return model {
  input = "8x8x3",
  conv2d { 8, kernel = 3, padding = "same" },
  mul { {}, { maxpool2d { 2 } } },
}
