-- TinyMaix's digits without a convolution.
return model {
  input = "28x28x1",
  flatten {},
  dense { 10, activation = "softmax", name = "fc3" },
  optimizer = adam { lr = 1e-3 },
  batch = 32,
}
