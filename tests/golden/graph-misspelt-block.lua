return model {
  input = "8x8x3",
  conv2d { 3, kernel = 1 },
  residul { conv2d { 3, kernel = 1 } },
  conv2d { 3, kernel = 3, strid = 2 },
}
