-- status: 0
return model {
  input = "11x2",
  avgpool1d { 3 },
}
