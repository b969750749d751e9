return model {
  input = "28x28x1",
  layer_norm {},
}
