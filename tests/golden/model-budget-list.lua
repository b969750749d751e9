return model {
  input = "8",
  dense { 2 },
  budget = { "64K" },
}
