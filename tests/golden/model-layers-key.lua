return model {
  input = "8",
  dense { 2 },
  layers = { relu {} },
}
