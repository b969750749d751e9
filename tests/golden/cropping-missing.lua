return model { input = "4x5x3", cropping2d {}, conv2d { 2, kernel = 1 } }
