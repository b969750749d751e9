return model {
  input = "8",
  dense { 2 },
  epochs = 5,
}
