local s = tostring({})
