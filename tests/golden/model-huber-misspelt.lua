return model {
  input = "8",
  dense { 2 },
  loss = "hubr",
  huber_delta = 2,
}
