return model { input = "9x9x3", conv1d_transpose { 8, kernel = 3 } }
