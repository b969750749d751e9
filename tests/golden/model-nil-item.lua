return model { input = "8", nil, dense { 4 } }
