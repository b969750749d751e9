return model {
  input = "40000",
  dense { 60000 },
}
