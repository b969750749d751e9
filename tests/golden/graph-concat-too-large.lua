return model {
  input = "8x8x3",
  conv2d { 4000000, kernel = 1 },
  concat { {}, {}, {}, {}, {}, {}, {}, {}, {}, {} },
}
