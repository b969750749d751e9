return model {
  input = true,
  relu {},
}
