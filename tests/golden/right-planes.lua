return model {
  input = "6x5x3", input_layout = "chw", batch = 2,
  conv2d { 4, kernel = 3, padding = 1 },
  group_norm { 2, activation = "relu" },
  reflect_padding2d { 1 },
  instance_norm {},
  flatten {},
  dense { 2 },
}
