return model { input = "8", dens "4" }
