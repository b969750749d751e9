return model {
  input = "8x8x3",
  conv2d { 8, kernel = 3, padding = "same" },
  mul { {}, { global_avgpool2d {}, dense { 4, activation = "sigmoid" } } },
}
