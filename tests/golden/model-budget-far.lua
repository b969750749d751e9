return model {
  input = "8",
  dense { 2 },
  budget = { time = 3 },
}
