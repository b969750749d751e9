-- The input is cropped where it lies, the skip likewise; zeros around both halves of the concat are made with it.
return model {
  input = "14x15x1",
  cropping2d { { 0, 0, 0, 1 } },
  conv2d { 8, kernel = 3, activation = "relu", name = "down" },
  maxpool2d { 2 },
  conv2d { 16, kernel = 3, activation = "relu" },
  concat { { from = "down", cropping2d { 2 } }, { conv2d_transpose { 8, kernel = 2, stride = 2 } } },
  conv2d { 8, kernel = 3, padding = "same" },
  batch_norm { activation = "relu" },
  conv2d { 1, kernel = 1, activation = "sigmoid" },
  batch = 4,
}
