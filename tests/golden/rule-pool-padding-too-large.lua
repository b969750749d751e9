return model {
  input = "8x8x3",
  maxpool2d { 2, padding = 2 },
}
