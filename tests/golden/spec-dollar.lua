return model { input = $8 }
