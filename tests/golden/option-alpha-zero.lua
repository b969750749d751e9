return model {
  input = "8",
  dense { 4 },
  leaky_relu { 0 },
  elu { alpha = 0 },
  thresholded_relu { 0 },
}
