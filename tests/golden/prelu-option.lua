return model {
  input = "8x8x3",
  prelu { alpha = 0.25 },
}
