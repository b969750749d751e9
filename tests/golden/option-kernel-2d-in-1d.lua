return model {
  input = "64x2",
  conv1d { 4, kernel = "3x3" },
}
