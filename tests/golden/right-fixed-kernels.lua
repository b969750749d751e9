-- the filters of image processing: nothing to train, one channel each, a fixed Sobel pair behind a blur
return model {
  input = "16x16x1",
  conv2d { 1, kernel = 3, padding = 1, bias = false, trainable = false,
           init = { { 1, 2, 1 }, { 2, 4, 2 }, { 1, 2, 1 } } },
  conv2d { 2, kernel = 3, bias = false, trainable = false,
           init = { { { -1, -1 }, { 0, -2 }, { 1, -1 } }, { { -2, 0 }, { 0, 0 }, { 2, 0 } }, { { -1, 1 }, { 0, 2 }, { 1, 1 } } } },
}
