return model {
  input = "8x8x3",
  add {
    { conv2d { 8, kernel = 3, padding = "same" } },
    { conv2d { 16, kernel = 3, padding = "same" } },
  },
}
