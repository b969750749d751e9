return model {
  input = "8",
  adam { lr = 1 },
}
