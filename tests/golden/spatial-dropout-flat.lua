return model {
  input = "8x8x3",
  flatten {},
  spatial_dropout2d { 0.5 },
  dense { 2 },
}
