return model { input = "4x5x3", cropping2d { -1 }, conv2d { 2, kernel = 1 } }
