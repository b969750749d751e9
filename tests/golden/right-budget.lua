-- limits that hold exactly: 4*4 convolution outputs * 9 products, 10 parameters
return model {
  input = "6x6x1",
  conv2d { 1, kernel = 3 },
  budget = { params = 10, macs = "144", ram = "1K", flash = "1K" },
}
