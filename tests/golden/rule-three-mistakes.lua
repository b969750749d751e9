-- a misspelt layer hides no mistake before or behind it
return model {
  input = "28x28x1",
  conv2d { 32, kernel = 3, activaton = "relu" },
  maxpool2d { "2" , stride = 0 },
  flaten {},
  dense { -1 },
}
