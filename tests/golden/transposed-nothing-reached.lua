return model { input = "1x3x3", conv2d_transpose { 8, kernel = 1, stride = 2, padding = { 1, 0, 0, 0 }, output_padding = 1 } }
