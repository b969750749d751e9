return model { input = "8x8x300000", depthwise_conv2d { 3, multiplier = 30000 } }
