-- status: 0
return model {
  input = "11x11x1",
  -- three rows of the input
  conv2d { 4, kernel = 3, stride = { 5, 1 } },
}
