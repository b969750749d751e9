return model {
  input = "8x8x3",
  conv2d { 3, kernel = 8 },
  residual { flatten {} },
}
