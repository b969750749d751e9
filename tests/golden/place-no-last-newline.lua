return model { input = "8",
  dense { 0 } }