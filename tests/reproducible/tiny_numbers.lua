-- Numbers below 2^-126, which some vectors and fast modes take for zero: a softmax makes them, layers behind it multiply and add them.
return model {
  input = "3",
  dense { 2 },
  dense { 8, init = { { 91, -90, 0, 45, 80, -5, 88, 92 }, { -20, 70, -95, 10, 60, -91, 3, -89 } }, trainable = false, activation = "softmax" },
  dense { 17, init = "he_normal" },
  dense { 4, init = "he_normal" },
  loss = "huber",
  optimizer = rmsprop { lr = 1e-3 },
  batch = 6,
}
