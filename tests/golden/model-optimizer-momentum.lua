return model {
  input = "8",
  dense { 2 },
  optimizer = momentum { momentum = 1 },
}
