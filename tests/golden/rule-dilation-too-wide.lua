return model {
  input = "9x9x1",
  conv2d { 4, kernel = 3, dilation = 5 },
}
