return model {
  input = "8x8x4",
  conv2d { 5, kernel = 3, groups = 2 },
}
