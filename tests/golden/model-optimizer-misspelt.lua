return model {
  input = "8",
  dense { 2 },
  optimizer = adam { beta_1 = 0.9 },
}
