-- one axis; the lower layers are frozen: no gradient and no tape for them
return model {
  input = "20x2",
  conv1d    { 8, kernel = 5, activation = "relu", trainable = false },
  maxpool1d { 2 },
  conv1d    { 4, kernel = 3, trainable = false, bias = false },
  global_avgpool1d {},
  dense     { 2, activation = "softmax" },
  batch     = 8,
}
