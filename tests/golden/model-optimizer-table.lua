return model {
  input = "8",
  dense { 2 },
  optimizer = { lr = 0.1 },
}
