return model {
  input = { 1, 2, 3, 4 },
  relu {},
}
