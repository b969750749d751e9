-- "same" puts the odd cell behind: 8 -> 4 with stride 2 and kernel 3 pads 0 before and 1 after; pools with borders; a global pool
return model {
  input = "8x7x2",
  conv2d    { 4, kernel = 3, stride = 2, padding = "same", groups = 2 },
  avgpool2d { 3, stride = 1, padding = "same", count_padding = true },
  maxpool2d { "2x1", stride = 1, padding = { 0, 1, 0, 0 } },
  zero_padding2d { { 0, 1, 2, 3 } },
  conv2d    { 3, kernel = "5x3", dilation = "1x2" },
  global_maxpool2d {},
}
