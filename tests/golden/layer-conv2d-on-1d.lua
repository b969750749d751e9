return model {
  input = "64x2",
  conv2d { 4, kernel = 3 },
}
