return model {
  input = "640",
  conv2d { 4, kernel = 3 },
}
