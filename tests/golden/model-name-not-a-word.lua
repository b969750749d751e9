return model {
  input = "8",
  name = "my net",
  dense { 4 },
}
