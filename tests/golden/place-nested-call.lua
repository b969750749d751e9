return model {
  input = "8", dense { math.max(2, (function() return 3 end)()), activation = ("rel"):rep(1) .. "o" },
}
