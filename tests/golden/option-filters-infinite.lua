return model {
  input = "28x28x1",
  conv2d { math.huge, kernel = 3 },
}
