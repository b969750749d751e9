return model {
  input = "8",
  dense { 2 },
  huber_delta = 2,
}
