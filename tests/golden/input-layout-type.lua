return model {
  input = "8x8x3", input_layout = 3,
  conv2d { 4, kernel = 3 },
}
