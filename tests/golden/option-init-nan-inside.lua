return model {
  input = "28x28x1",
  conv2d { 1, kernel = "1x2", init = { 1, 0/0 } },
}
