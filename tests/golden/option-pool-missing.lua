return model {
  input = "28x28x1",
  maxpool2d { stride = 2 },
}
