-- LeNet-5 (LeCun et al. 1998), as it is taught today: every map of the second convolution reads all of the first.
return model {
  input = "32x32x1",
  conv2d { 6, kernel = 5, activation = "tanh" },
  avgpool2d { 2 },
  conv2d { 16, kernel = 5, activation = "tanh" },
  avgpool2d { 2 },
  flatten {},
  dense { 120, activation = "tanh" },
  dense { 84, activation = "tanh" },
  dense { 10, activation = "softmax" },
  batch = 32,
}
