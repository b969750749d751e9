local s = {}
for i = 1, 1e9 do s[i] = ("x"):rep(100000) .. i end
