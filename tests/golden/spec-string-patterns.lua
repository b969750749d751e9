local n = ("abc"):find("b")
