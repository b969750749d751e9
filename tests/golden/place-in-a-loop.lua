local layers = { input = "28x28x1" }
for i = 1, 5 do
  layers[i] = conv2d { 4, kernel = 7 }
end
return model(layers)
