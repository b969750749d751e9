local m = { input = "8" }
m[1] = m
return model(m)
