-- A residual block whose shortcut is the input, one that is projected, channels side by side and a scale for each.
return model {
  input = "8x8x3",
  batch = 4,
  conv2d { 8, kernel = 3, padding = "same", activation = "relu", name = "stem" },
  residual {
    conv2d { 8, kernel = 3, padding = "same", activation = "relu" },
    conv2d { 8, kernel = 3, padding = "same" },
    activation = "relu",
  },
  residual { name = "down",
    conv2d { 16, kernel = 3, padding = "same", stride = 2, activation = "relu" },
    conv2d { 16, kernel = 3, padding = "same" },
    shortcut = { maxpool2d { 2 }, conv2d { 16, kernel = 1 } },
    activation = "relu",
  },
  concat { { conv2d { 8, kernel = 1 } }, { conv2d { 4, kernel = 3, padding = "same" } }, {} },
  mul { {}, { global_avgpool2d {}, dense { 28, activation = "sigmoid" } } },
  add { { conv2d { 4, kernel = 1 } }, { from = "stem", maxpool2d { 2 }, conv2d { 4, kernel = 1 } } },
  flatten {},
  dense { 5, activation = "softmax" },
}
