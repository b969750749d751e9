return model {
  input = "28x28x1",
  global_avgpool2d {},
  conv2d { 4, kernel = 3 },
}
