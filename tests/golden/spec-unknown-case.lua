return model { input = "28x28x1", Conv2D { 4, kernel = 3 }, MaxPool2D { 2 } }
