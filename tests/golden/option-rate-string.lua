return model {
  input = "8",
  dropout { "half" },
}
