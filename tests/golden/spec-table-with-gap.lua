return model { input = "8", dense { 4, [7] = 1 } }
