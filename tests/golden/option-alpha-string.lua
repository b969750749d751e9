return model {
  input = "28x28x1",
  leaky_relu { "0.1" },
}
