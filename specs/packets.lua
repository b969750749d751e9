-- Finds a signature of a few bytes at any offset of a raw packet: convolution over bytes, then the strongest answer anywhere.
return model {
  input = "64x1",                                          -- length x channels; a byte is 0..1
  conv1d { 32, kernel = 4, activation = "relu" },
  conv1d { 32, kernel = 1, activation = "relu" },
  conv1d { 8, kernel = 1, activation = "relu" },
  global_maxpool1d {},
  dense  { 1, activation = "sigmoid" },
  optimizer = adam { lr = 0.003 },
  batch     = 32,
}
