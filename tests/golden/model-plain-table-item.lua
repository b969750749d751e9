return model { input = "8", { 4 }, dense { 4 } }
