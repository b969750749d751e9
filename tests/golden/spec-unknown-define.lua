-- args: -D widht=3
-- status: 2
return model { input = "8", dense { arg("width", 4) } }
