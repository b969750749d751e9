return model { input = "8x8x3", batch_norm { 0.9 } }
