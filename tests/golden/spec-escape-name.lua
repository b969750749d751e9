return model { input = "8", dense { 4, name = "\27[2J" } }
