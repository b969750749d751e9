-- status: 0
local stem = conv2d { 4, kernel = 3 }
local norm = batch_norm {}
local block = conv_bn { 4, kernel = 3 }
local spare = adam { 0.1 }
return model {
  input = "8x8x3",
  stem,
  relu {},
}
