return model {
  input = "28x28x1",
  avgpool2d { 2, count_padding = "yes" },
}
