return model {
  input = "28x28x1",
  maxpool2d { 2, count_padding = true },
}
