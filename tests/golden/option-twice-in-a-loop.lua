local layers = { input = "28x28x1" }
for i = 1, 3 do
  layers[i] = conv2d { 4, kernel = 3, bias = false, bias = true }
end
return model(layers)
