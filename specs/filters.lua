-- Classical image filters as fixed kernels: the feature maps of one convolution are the filtered images.
local kernels = {
  { 1/9,  1/9, 1/9,   1/9, 1/9,  1/9,   1/9, 1/9, 1/9 },   -- blur
  {   0,   -1,   0,    -1,   5,   -1,     0,  -1,   0 },   -- sharpen
  {  -1,   -1,  -1,     0,   0,    0,     1,   1,   1 },   -- horizontal edges
  {  -1,    0,   1,    -1,   0,    1,    -1,   0,   1 },   -- vertical edges
  {   0,    1,   0,     1,  -4,    1,     0,   1,   0 },   -- Laplacian
}

local values = {}                                          -- (height, width, in, out)
for tap = 1, 9 do
  for filter = 1, #kernels do
    values[#values + 1] = kernels[filter][tap]
  end
end

return model {
  input = { arg("height", 28), arg("width", 28), 1 },
  conv2d { #kernels, kernel = 3, padding = "same", bias = false, init = values, trainable = false },
}
