local function block(n)
  return conv2d { n, kernel = 3, strid = 2 }
end
return model { input = "28x28x1", block(3) }
