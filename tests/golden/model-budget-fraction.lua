return model {
  input = "8",
  dense { 2 },
  budget = { ram = 1.5 },
}
