return model {
  input = "100x3",
  spatial_dropout2d { 0.5 },
}
