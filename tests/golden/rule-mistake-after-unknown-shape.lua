-- one message for the size, one for the padding; none that follows from the first
return model {
  input = "28x28x1",
  conv2d { 8, kernel = 40 },
  conv2d { 8, kernel = 3, padding = "sam" },
  flatten {},
  dense { 10, activation = "softmax" },
}
