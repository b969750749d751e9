return model { input = "8", --[[ größer ]] dense { 4, unitz = 5 } }
