return model {
  input = "28x28x1",
  conv2d { 4, kernel_size = 3, strides = 2 },
}
