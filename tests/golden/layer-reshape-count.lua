return model {
  input = "4x4x2",
  reshape { "5x5x1" },
}
