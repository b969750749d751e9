return model {
  input = "8x8x3",
  spatial_dropout2d {},
}
