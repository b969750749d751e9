return model {
  input = "4x4x1",
  conv2d { 4, kernel = 9, stride = 2 },
}
