return model { input = "12", upsample2d { 2 }, flatten {}, dense { 2 } }
