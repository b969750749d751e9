-- args: -D wide=maybe
return model { input = "8", dense { arg("wide", false) and 8 or 4 } }
