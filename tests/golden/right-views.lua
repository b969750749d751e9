-- views change no value: reshape, flatten and dropout between layers; activations as layers of their own
return model {
  input = "64",
  reshape { "8x8x1" },
  conv2d  { 4, kernel = 3, bias = false },
  elu     {},
  reshape { "36x4" },
  conv1d  { 2, kernel = 4, stride = 4, activation = "silu" },
  flatten {},
  dropout { 0.25 },
  dense   { 1, activation = "sigmoid" },
}
