return model {
  input = "28x28x1",
  flatten {},
  budget = { rams = "64K" },
}
