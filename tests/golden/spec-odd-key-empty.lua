return model { input = "8", dense { 4, [""] = 1 } }
