return model {
  input = "8x8x3",
  layer_norm { epsilon = -1e-3 },
}
