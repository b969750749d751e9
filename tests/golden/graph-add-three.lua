return model {
  input = "8x8x3",
  add { {}, { conv2d { 3, kernel = 1 } }, { conv2d { 4, kernel = 1 } } },
}
