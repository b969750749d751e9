-- Finds a patch in an image: the patch itself, less its mean, is the kernel, and the map is largest where the image looks like it.
local patch = {
  { 0, 0, 1, 0, 0 },
  { 0, 1, 1, 1, 0 },
  { 1, 1, 1, 1, 1 },
  { 0, 1, 1, 1, 0 },
  { 0, 0, 1, 0, 0 },
}

local sum = 0
for _, row in ipairs(patch) do
  for _, v in ipairs(row) do
    sum = sum + v
  end
end
local kernel = {}
for _, row in ipairs(patch) do
  for _, v in ipairs(row) do
    kernel[#kernel + 1] = v - sum / 25
  end
end

return model {
  input = { arg("height", 28), arg("width", 28), 1 },
  conv2d { 1, kernel = 5, padding = "same", bias = false, init = kernel, trainable = false },
}
