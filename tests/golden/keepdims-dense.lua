return model { input = "4x4x4", global_avgpool2d { keepdims = true }, dense { 2 } }
