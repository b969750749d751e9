-- the same names in a function inside of a layer, in two tables and in nested ones are no mistake
local sizes = { kernel = 3 }
local more = { kernel = 5 }
return model {
  name = "keys",
  input = "9x9x1",
  conv2d { (function() local n = 1; n = 2; n = 3; return n end)(), kernel = sizes.kernel, name = "first" },
  conv2d { 2, kernel = { more.kernel, 3 }, name = "second" },
}
