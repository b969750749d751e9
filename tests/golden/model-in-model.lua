return model { input = "8", model { input = "8", dense { 4 } } }
