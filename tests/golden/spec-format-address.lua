local s = string.format("%s", {})
