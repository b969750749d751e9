return model {
  input = "28x28x1",
  conv2d { 0/0, kernel = 3 },
}
