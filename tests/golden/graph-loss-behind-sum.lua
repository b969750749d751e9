return model {
  input = "8x8x3",
  flatten {}, dense { 4 },
  residual { dense { 4 } },
  loss = "cross_entropy",
}
