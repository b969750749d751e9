return model { input = "4x4x4", conv2d_transpose { 8, kernel = 2, groups = 2 } }
