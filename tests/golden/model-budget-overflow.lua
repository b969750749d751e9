return model {
  input = "8",
  dense { 2 },
  budget = { ram = "99999999999G" },
}
