local function a() return dense { 4 } end local function b() return dense { 0 } end
return model { input = "8", b(), a() }
