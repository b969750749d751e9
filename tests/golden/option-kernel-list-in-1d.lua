return model {
  input = "64x2",
  maxpool1d { { 2, 2 } },
}
