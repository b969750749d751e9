local m = { input = "8" }
for i = 1, 5000 do m[i] = relu {} end
return model(m)
