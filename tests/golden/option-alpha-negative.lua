return model {
  input = "28x28x1",
  leaky_relu { -1 },
}
