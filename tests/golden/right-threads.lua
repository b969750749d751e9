-- args: --threads 3
-- parts of 4 samples of the 10: buffers of a sample, of a part, work for a part
return model {
  input = "10x8x2",
  conv2d    { 4, kernel = 3, padding = "same", activation = "relu" },
  maxpool2d { 2 },
  conv2d    { 6, kernel = 3, activation = "gelu" },
  flatten   {},
  dense     { 10, activation = "relu" },
  dense     { 3, activation = "softmax" },
  batch     = 10,
}
