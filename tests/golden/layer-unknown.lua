return model {
  input = "28x28x1",
  conv2 { 32, kernel = 3 },
}
