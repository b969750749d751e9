return model {
  input = "28x28x1",
  dropout { -0.5 },
}
