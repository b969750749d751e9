return model { input = "8", lstm { 4 } }
