return model {
  input = "28x28x100",
  conv2d { 60000, kernel = 20 },
}
