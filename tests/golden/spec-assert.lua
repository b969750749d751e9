assert(1 > 2, "1 is not larger")
