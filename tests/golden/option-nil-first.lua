return model {
  input = "28x28x1",
  conv2d { nil, kernel = 3 },
}
