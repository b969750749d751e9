return model {
  input = "8",
  dropout { 1.5 },
}
