return model { input = "8"; dense { 4; bias = 1; }; }
