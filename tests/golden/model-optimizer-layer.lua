return model {
  input = "8",
  dense { 2 },
  optimizer = dense { 4 },
}
