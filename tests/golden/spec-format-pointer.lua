local s = ("%p"):format("x")
