local o = { 4 }
return model { input = "8", dense(o), conv1d(o) }
