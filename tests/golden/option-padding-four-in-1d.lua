return model {
  input = "64x2",
  conv1d { 4, kernel = 3, padding = { 1, 1, 1, 1 } },
}
