return model {
  name = "eye",
  input = "8x8x3",
  conv2d { 4, kernel = 3 },
  freeze_until = "eye",
}
