local function need(x)
  error("x is needed", 2)
end
need(nil)
