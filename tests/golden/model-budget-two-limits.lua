return model {
  input = "100",
  dense { 100 },
  dense { 100 },
  budget = { params = 10, ram = 16, macs = "1K", flash = "1K" },
}
