-- Branches: sums with and without a shortcut, slices side by side, names; odd counts of channels. Weight decay, clipping.
return model {
  input = "11x9x3",
  conv2d { 7, kernel = 3, padding = "same", activation = "silu", name = "first" },
  residual { conv2d { 7, kernel = 3, padding = 1, activation = "relu" }, conv2d { 7, kernel = 1 }, activation = "relu" },
  residual { conv2d { 12, kernel = 3, stride = 2, padding = 1 }, shortcut = conv2d { 12, kernel = 1, stride = 2 }, activation = "tanh" },
  concat { { conv2d { 5, kernel = 1, activation = "relu" } }, { avgpool2d { 3, stride = 1, padding = 1 } }, {} },
  mul { {}, { global_avgpool2d { keepdims = true }, conv2d { 29, kernel = 1, activation = "sigmoid" } } },
  flatten {},
  dense { 6, activation = "softmax" },
  optimizer = adamw { lr = 1e-3, weight_decay = 0.01, clip_norm = 1 },
  batch = 3,
}
