local d = { 4 }
d.unitz = 5
return model { input = "8", dense(d) }
