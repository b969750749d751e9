return model {
  input = { height = 3 },
  relu {},
}
