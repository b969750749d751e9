return model {
  input = "8",
  dense { 2 },
  batch = "32",
}
