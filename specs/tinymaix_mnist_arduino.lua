-- TinyMaix's digits for 2 KB of memory: 318 parameters.
local function conv(filters, kernel, name, norm)
  return {
    conv2d { filters, kernel = kernel, stride = 2, padding = "valid", name = name },
    batch_norm { activation = "relu", name = norm },
  }
end
return model {
  input = "28x28x1",
  conv(1, 3, "ftr0", "bn0"),
  conv(3, 3, "ftr1", "bn1"),
  conv(6, 3, "ftr2", "batch_normalization"),
  global_avgpool2d {},
  dense { 10, activation = "softmax", name = "fc1" },
  optimizer = adam { lr = 1e-3 },
  batch = 32,
}
