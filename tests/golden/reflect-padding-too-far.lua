return model {
  input = "8x3x3",
  reflect_padding2d { { 7, 7, 3, 2 } },
}
