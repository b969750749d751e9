return model {
  input = "8x8x3",
  conv2d { 4, kernel = 3, padding = "same" },
  add { {}, "late" },
  conv2d { 4, kernel = 3, padding = "same", name = "late" },
}
