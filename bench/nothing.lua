-- A network that does next to nothing: what remains of its time is the cost of a call.
return model { input = "16", relu {} }
