local function f(n) return 1 + f(n) end
return f(1)
