return model {
  input = "1x28x28x1",
  relu {},
}
