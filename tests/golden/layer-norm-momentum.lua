return model {
  input = "8x8x3",
  layer_norm { momentum = 0.9 },
}
