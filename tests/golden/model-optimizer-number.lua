return model {
  input = "8",
  dense { 2 },
  optimizer = 0.01,
}
