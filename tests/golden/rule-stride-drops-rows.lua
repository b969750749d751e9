-- status: 0
return model {
  input = "11x11x3",
  maxpool2d { 2 },
}
