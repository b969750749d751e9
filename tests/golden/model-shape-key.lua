return model {
  input = "8",
  dense { 2 },
  input_shape = "8",
}
