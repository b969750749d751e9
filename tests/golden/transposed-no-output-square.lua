return model { input = "2x2x3", conv2d_transpose { 8, kernel = 3, stride = 2, padding = 3 } }
