return model {
  input = "6x2",
  conv1d { 4, kernel = 7 },
}
