return model {
  input = "8x8x3",
  conv2d { 4, kernel = 3 },
  add { from = { "conv1", "input" } },
}
