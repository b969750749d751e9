-- Exclusive or of two inputs: the smallest thing that one layer cannot learn.
return model {
  input = "2",
  dense { 8, activation = "tanh" },
  dense { 1, activation = "sigmoid" },
  optimizer = adam { lr = 0.05 },
  batch = 4,
}
