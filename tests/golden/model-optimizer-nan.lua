return model {
  input = "8",
  dense { 2 },
  optimizer = sgd { lr = 0/0 },
}
