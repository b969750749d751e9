-- status: 0
return model {
  input = "7x7x1",
  conv2d { 4, kernel = 3, stride = 9, padding = "same" },
}
