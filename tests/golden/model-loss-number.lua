return model {
  input = "8",
  dense { 2 },
  loss = 1,
}
