-- AlexNet (Krizhevsky 2014, "One weird trick"), with the sizes PyTorch gives it.
return model {
  input = "224x224x3",
  conv2d { 64, kernel = 11, stride = 4, padding = 2, activation = "relu" },
  maxpool2d { 3, stride = 2 },
  conv2d { 192, kernel = 5, padding = 2, activation = "relu" },
  maxpool2d { 3, stride = 2 },
  conv2d { 384, kernel = 3, padding = 1, activation = "relu" },
  conv2d { 256, kernel = 3, padding = 1, activation = "relu" },
  conv2d { 256, kernel = 3, padding = 1, activation = "relu" },
  maxpool2d { 3, stride = 2 },
  flatten {},
  dropout { 0.5 },
  dense { 4096, activation = "relu" },
  dropout { 0.5 },
  dense { 4096, activation = "relu" },
  dense { 1000, activation = "softmax" },
}
