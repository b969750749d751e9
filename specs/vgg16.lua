-- VGG-16 (Simonyan and Zisserman 2014).
local function stage(filters, count)
  local layers = {}
  for i = 1, count do
    layers[i] = conv2d { filters, kernel = 3, padding = "same", activation = "relu" }
  end
  layers[count + 1] = maxpool2d { 2 }
  return layers
end
return model {
  input = "224x224x3",
  stage(64, 2), stage(128, 2), stage(256, 3), stage(512, 3), stage(512, 3),
  flatten {},
  dense { 4096, activation = "relu" },
  dense { 4096, activation = "relu" },
  dense { 1000, activation = "softmax" },
}
