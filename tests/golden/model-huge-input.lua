return model {
  input = "65536x65536x3",
  flatten {},
}
