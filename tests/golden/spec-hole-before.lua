return model { input = "8", nil, nil, dense { 4 } }
