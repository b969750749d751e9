return model { input = "4x3", upsample1d { 2, interpolation = "bilinear" }, conv1d { 2, kernel = 1 } }
