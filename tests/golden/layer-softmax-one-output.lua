return model {
  input = "8",
  dense { 1, activation = "softmax" },
}
