return model { input = "1x3", conv1d_transpose { 8, kernel = 3, padding = 2 } }
