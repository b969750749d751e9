return model {
  input = "8",
  dense { 2 },
  optimizer = adam { name = "fast" },
}
