return model { input = "9x9x3", conv2d_transposed { 8, kernel = 3 } }
