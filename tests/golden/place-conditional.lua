local big = arg("big", false)
return model { input = "8", big and dense { 4 } or dense { 0 } }
