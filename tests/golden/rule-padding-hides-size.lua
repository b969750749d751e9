return model {
  input = "28x28x1",
  zero_padding2d { 100000 },
}
