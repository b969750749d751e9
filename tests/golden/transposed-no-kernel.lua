return model { input = "4x4x3", conv2d_transpose { 8, stride = 2 } }
