-- args: --ram least
-- Outputs over their inputs, from the first pixel or from the last; not where somebody else reads the input, nor over the caller's.
local function separable(filters, stride)
  return { depthwise_conv2d { 3, stride = stride, padding = "same", activation = "relu" }, conv2d { filters, kernel = 1, activation = "relu" } }
end
return model {
  input = "24x20x3",
  conv2d { 8, kernel = 3, stride = 2, padding = "same" },
  separable(16), separable(32, 2),
  residual { conv2d { 32, kernel = 3, padding = "same" }, activation = "relu" },
  separable(32), maxpool2d { 3, stride = 1, padding = "same" },
  conv2d { 24, kernel = 3, padding = { 1, 0, 2, 1 } }, avgpool2d { 2 },
  flatten {}, dense { 4, activation = "softmax" },
}
