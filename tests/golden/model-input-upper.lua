return model {
  input = "28X28X1",
  relu {},
}
