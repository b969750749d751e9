-- What layer_norm keeps for backward, the work memory of spatial dropout, and slopes.
return model {
  input = "6x5x3",
  conv2d { 8, kernel = 3, padding = 1 },
  layer_norm { activation = "gelu" },
  spatial_dropout2d { 0.2 },
  prelu { 0.25 },
  flatten {},
  layer_norm { scale = false },
  dense { 2, activation = "softmax" },
  batch = 3,
}
