return model { input = "1000x1000x3", conv2d_transpose { 1000, kernel = 64, stride = 64 } }
