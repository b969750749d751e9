local s = 'it\'s \\' return model { input = '8', dense { 0 } }
