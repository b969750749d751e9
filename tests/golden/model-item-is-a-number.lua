return model {
  input = "8",
  42,
  dense { 4 },
}
