return model {
  input = "1000x1000x1",
  conv2d { 65536, kernel = 1 },
}
