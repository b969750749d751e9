return model { input = "8\0", dense { 4 } }
