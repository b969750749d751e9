return model {
  input = "8",
  dense { 2 },
  budget = { ram = 0 },
}
