return model {
  input = "-4",
  relu {},
}
