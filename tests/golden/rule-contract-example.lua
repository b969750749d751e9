-- the example of the manual: the formula with names and numbers
return model {
  input = "7x7x16",
  conv2d { 16, kernel = 5 },
  maxpool2d { 4, stride = 2 },
}
