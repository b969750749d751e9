-- Autoencoder (MLPerf Tiny, anomaly detection): five frames of 128 mel bands; what it cannot repeat is strange.
local function layer(units)
  return { dense { units }, batch_norm { activation = "relu" } }
end
return model {
  input = "640",
  layer(128), layer(128), layer(128), layer(128),
  layer(8),
  layer(128), layer(128), layer(128), layer(128),
  dense { 640 },
  optimizer = adam { lr = 1e-3 },
  batch = 32,
}
