return model {
  input = "",
  relu {},
}
