return model {
  input = {},
  relu {},
}
