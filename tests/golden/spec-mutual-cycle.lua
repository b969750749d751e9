local a, b = {}, {}
a[1], b[1] = b, a
return model { input = "8", dense(a) }
