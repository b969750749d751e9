return model {
  input = "28x28x1",
  flatten {},
  dense { 100 },
  budget = { params = "64K", ram = 16 },
}
