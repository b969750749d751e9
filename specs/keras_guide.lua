-- A feature extractor for colour images; -D pool=average takes means instead of maxima, -D window=3 another window.
local pool = arg("pool", "max") == "average" and avgpool2d or maxpool2d
return model {
  input = "128x128x3",
  conv2d { 32, kernel = 3, padding = "same", activation = "relu" },
  conv2d { 64, kernel = 3, padding = "valid", activation = "relu" },
  pool   { arg("window", 2) },
}
