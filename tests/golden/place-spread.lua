local l = { dense { 4 }, dense { 0 } }
return model { input = "8", table.unpack(l) }
