return model { input = "8x8x3", depthwise_conv2d { 9 } }
