-- three mistakes, three messages
return model {
  input = "28x28x1",
  conv2d { 32, kernel = 3, activation = "rellu" },
  maxpool2d { 2, stride = 0 },
  flatten {},
  dense { -1 },
}
