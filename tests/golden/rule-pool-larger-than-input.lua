return model {
  input = "5x5x16",
  maxpool2d { 6, stride = 2 },
}
