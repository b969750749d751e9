return model {
  input = "28x28x1",
  maxpool2d { 2, dilation = 2 },
}
