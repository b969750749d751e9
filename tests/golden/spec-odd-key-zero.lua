return model { input = "8", dense { 4, [0] = 1 } }
