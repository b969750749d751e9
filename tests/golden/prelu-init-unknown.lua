return model {
  input = "8x8x3",
  prelu { "zeroes" },
}
