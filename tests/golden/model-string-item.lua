return model { input = "8", "relu", dense { 4 } }
