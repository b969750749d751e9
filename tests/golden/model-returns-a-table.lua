return { input = "8", dense { 4 } }
