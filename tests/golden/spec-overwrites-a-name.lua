dense = 3
