return model {
  input = "8x8x3", input_layout = "nchw",
  conv2d { 4, kernel = 3 },
}
