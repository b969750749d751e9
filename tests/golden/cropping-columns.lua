return model { input = "4x5x3", cropping2d { cropping = { 0, 1, 4, 3 } }, conv2d { 2, kernel = 1 } }
