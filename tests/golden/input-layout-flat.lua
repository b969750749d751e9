return model {
  input = "64", input_layout = "chw",
  dense { 4 },
}
