error("width must be even")
