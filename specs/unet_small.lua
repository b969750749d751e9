-- A small U-Net (Ronneberger and others, 2015): says of every pixel whether it belongs to what is looked for. Each level halves the image, works on it, doubles it
-- again, and puts what it got beside what came back.
local norm = arg("norm", false)
local function conv(filters)
  if norm then
    return conv_bn { filters, kernel = 3 }
  end
  return conv2d { filters, kernel = 3, padding = "same", activation = "relu" }
end
local function pair(filters)
  return { conv(filters), conv(filters) }
end
local function level(filters, below)
  if below == 0 then
    return pair(filters)
  end
  return {
    pair(filters),
    concat {
      {},
      { maxpool2d { 2 }, level(2 * filters, below - 1), conv2d_transpose { filters, kernel = 2, stride = 2 } },
    },
    pair(filters),
  }
end
return model {
  input = { 64, 64, arg("channels", 1) },
  level(arg("width", 16), arg("depth", 3)),
  conv2d { 1, kernel = 1, activation = "sigmoid" },
  optimizer = adam { lr = 1e-3 },
  batch = 8,
}
