return model {
  input = "8",
  dense { 2 },
  input = "9",
}
