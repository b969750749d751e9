return model { input = "4x4x3", conv2d_transpose { 8, kernel = 3, stride = 2, output_padding = 2 } }
