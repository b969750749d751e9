-- args: -D width=2.5
return model { input = "8", dense { arg("width", 4) } }
