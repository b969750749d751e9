return model { input = "8x4", depth_to_space { 2 }, conv1d { 2, kernel = 1 } }
