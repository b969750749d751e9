return model {
  input = "8",
  dense { 4, name = "dense2" },
  dense { 4 },
}
