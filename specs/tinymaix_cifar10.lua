-- TinyMaix's CIFAR-10 network, pixels of 0..1.
local function conv(filters, kernel, name, norm)
  return {
    conv2d { filters, kernel = kernel, stride = 2, padding = "same", name = name },
    batch_norm { activation = "relu", name = norm },
  }
end
return model {
  input = "32x32x3",
  conv(32, 5, "ftr0", "bn0"),
  conv(32, 5, "ftr1", "bn1"),
  conv(64, 5, "ftr2", "batch_normalization"),
  flatten {},
  dropout { 0.5 },
  dense { 10, activation = "softmax", name = "fc1" },
  optimizer = adam { lr = 1e-3 },
  batch = 32,
}
