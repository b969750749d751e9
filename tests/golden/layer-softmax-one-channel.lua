return model {
  input = "8",
  dense { 1 },
  softmax {},
}
