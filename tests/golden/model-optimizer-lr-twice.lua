return model {
  input = "8",
  dense { 2 },
  optimizer = adam { 0.1, lr = 0.2 },
}
