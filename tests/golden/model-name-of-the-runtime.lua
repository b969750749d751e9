return model {
  input = "8",
  name = "cnn",
  dense { 4 },
}
