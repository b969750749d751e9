return model {
  input = "8x8x3",
  concat { { conv2d { 4, kernel = 3 }, conv2d { 2, kernel = 1, from = "input" } }, {} },
}
