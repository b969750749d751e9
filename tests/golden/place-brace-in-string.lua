local s = "dense { 1 }, }{"
return model { input = "8", dense { 4, name = "a" }, dense { #s, unitz = "}" } }
