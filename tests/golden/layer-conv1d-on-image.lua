return model {
  input = "28x28x1",
  conv1d { 4, kernel = 3 },
}
