return model { input = "4x3", cropping1d { { 3, 1 } }, conv1d { 2, kernel = 1 } }
