-- What the other specs leave out: one dimension grows to two, dropout, layer norm, PReLU, transposed and dilated convolution, groups.
return model {
  input = "10x8x2",
  conv2d { 6, kernel = 3, dilation = 2, padding = "same", init = "he_normal" },
  prelu {},
  dropout { 0.25 },
  conv2d { 8, kernel = 3, padding = 1, groups = 2, activation = "gelu" },
  layer_norm {},
  maxpool2d { 2, stride = 2 },
  conv2d_transpose { 5, kernel = 4, stride = 2, padding = 1, activation = "elu" },
  upsample2d { 2, interpolation = "bilinear" },
  conv2d { 1, kernel = 3, padding = 1, activation = "sigmoid" },
  loss = "huber",
  optimizer = rmsprop { lr = 1e-3 },
  batch = 2,
}
