-- args: -D width=wide
return model { input = "8", dense { arg("width", 4) } }
