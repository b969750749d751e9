return model { input = "8", dense { 4, name = "größe" } }
