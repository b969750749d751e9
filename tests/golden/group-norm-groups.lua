return model {
  input = "8x8x3",
  conv2d { 10, kernel = 3 },
  group_norm { 4 },
  dense { 3 },
}
