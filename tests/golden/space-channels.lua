return model { input = "4x4x6", depth_to_space { 2 }, conv2d { 2, kernel = 1 } }
