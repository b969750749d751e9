return model {
  input = "640",
  maxpool2d { 2 },
}
