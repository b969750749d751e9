return model {
  input = { 2.5, 3, 1 },
  relu {},
}
