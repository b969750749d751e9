return model { input = "9x3", conv2d_transpose { 8, kernel = 3 } }
