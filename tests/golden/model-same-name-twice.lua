return model {
  input = "8",
  dense { 4, name = "a" },
  dense { 4, name = "a" },
}
