return model {
  input = "8",
  dense { 2 },
  batch = 2.5,
}
