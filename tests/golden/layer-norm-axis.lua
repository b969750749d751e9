return model {
  input = "8x8x3",
  layer_norm { axis = -1, activation = "rellu" },
}
