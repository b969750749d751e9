return model {
  input = "28x28x1",
  flatten {},
  dense { 10, activation = "softmax" },
  loss = "crossentropy",
}
