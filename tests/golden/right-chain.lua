-- padding, stride, dilation, groups, pools inside and outside of convolutions, views, dropout
return model {
  input = "12x10x2",
  conv2d       { 4, kernel = 3, padding = { 1, 0, 2, 1 }, stride = "1x2", activation = "relu" },
  conv2d       { 6, kernel = "2x3", groups = 2, dilation = "2x1", padding = "same" },
  leaky_relu   { 0.2 },
  maxpool2d    { 2 },
  zero_padding2d { 1 },
  avgpool2d    { 3, stride = 2 },
  dropout      { 0.5 },
  flatten      {},
  dense        { 10, activation = "gelu" },
  dense        { 3, activation = "softmax" },
  batch        = 4,
}
