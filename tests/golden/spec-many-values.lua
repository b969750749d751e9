local t = {}
for i = 1, 1000 do t[i] = i end
local u = {}
for i = 1, 3000 do u[i] = t end
return model { input = "8", dense { 4, init = u } }
