return model { input = 1.5 }
