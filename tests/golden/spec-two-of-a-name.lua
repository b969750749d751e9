return model { input = "8", nothing { 4 }, dense { 4 }, dense(4) }
