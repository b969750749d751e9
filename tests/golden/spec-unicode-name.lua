return model { input = "8", größe { 4 } }
