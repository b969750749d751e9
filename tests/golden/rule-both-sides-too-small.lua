return model {
  input = "3x3x1",
  maxpool2d { { 4, 5 } },
}
