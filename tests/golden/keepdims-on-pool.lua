return model { input = "4x4x4", avgpool2d { 2, keepdims = true }, conv2d { 2, kernel = 1 } }
