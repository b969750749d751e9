return model { input = "8", dense { 4, ["a\0b"] = 1 } }
