-- Specs that never end, want everything, or hold what nobody expects.
return function(hostile)
    local tap = hostile.tap
    local many = ("x = 1 "):rep(200000)
    -- {name, text of the spec, what the message says; nil: any}
    local cases = {
        {"a goto that goes round", "::a:: goto a", "does not end"},
        {"repeat until false", "local n = 0 repeat n = n + 1 until false", "does not end"},
        {"a loop in a function that a constructor calls", "local function f() while true do end end return model { input = '3', dense { f() } }", "does not end"},
        {"a tail call for ever", "local function f() return f() end f()", "does not end"},
        {"long library calls, again and again", "local s = ('x'):rep(1 << 20) while true do s:upper():reverse():lower() end", "does not end"},
        {"string.format, again and again", "local s = ('x'):rep(1 << 20) while true do local t = ('%s'):format(s) end", "does not end"},
        {"table.insert in front of a million", "local t = {} for i = 1, 1000000 do t[i] = i end while true do table.insert(t, 1, 0) table.remove(t, 1) end", "does not end"},
        {"table.concat of a million, again and again", "local t = {} for i = 1, 500000 do t[i] = 'x' end while true do local s = table.concat(t, ',') end", "does not end"},
        {"a comparison that never decides", "local t = {} for i = 1, 100000 do t[i] = i end table.sort(t, function() while true do end end)", "does not end"},
        {"an invalid order", "local t = {} for i = 1, 1000 do t[i] = i end table.sort(t, function() return true end) return model { input = '3', relu {} }", "invalid order function"},
        {"arg() in a loop", "while true do arg('name' .. 1, 2) end", "does not end"},
        {"constructors in a loop", "while true do relu {} end"},
        {"blocks in a loop", "while true do conv_bn { 3, kernel = 3 } end"},
        {"unknown names in a loop", "while true do relo {} end"},
        {"a list of a billion", "local t = {} for i = 1, 1000000000 do t[i] = {} end", "more than 64 MB"},
        {"a string that doubles in a table", "local t = {'x'} while true do t[#t + 1] = t[#t] .. t[#t] end", "more than 64 MB"},
        {"table.concat without end", "local t = {} for i = 1, 100000 do t[i] = ('x'):rep(10000) end", "more than 64 MB"},
        {"closures without end", "local f = function() end while true do local g = f f = function() return g end end", "more than 64 MB"},
        {"string.byte of a megabyte", "local t = { ('x'):rep(1 << 20):byte(1, -1) }", "string slice too long"},
        {"string.rep with a separator", "local s = ('x'):rep(1 << 19, 'yy')", "string.rep"},
        {"select out of range", "return select(-5)", "out of range"},
        {"unpack of too much", "return model { table.unpack({}, 1, 999999) }"},
        {"recursion without end", "local function f() return 1 + f() end f()"},
        {"recursion through a constructor", "local function f() return relu { f() } end f()"},
        {"recursion through a sort", "local function f() table.sort({2, 1}, function() f() end) end f()"},
        {"recursion through the strings", "local function f(n) return ('%s'):format(f(n + 1)) end f(1)"},
        {"100,000 parentheses", "return " .. ("("):rep(100000) .. "1" .. (")"):rep(100000)},
        {"100,000 braces", "return model " .. ("{"):rep(100000) .. ("}"):rep(100000)},
        {"100,000 blocks of Lua", ("do "):rep(100000) .. ("end "):rep(100000)},
        {"a sum of 100,000", "local a = 1 return a" .. (" .. a"):rep(100000)},
        {"1,000 local variables", (function() local t = {} for i = 1, 1000 do t[i] = "local v" .. i .. " = 1" end return table.concat(t, " ") end)(), "too many local variables"},
        {"200,000 statements on a line", many .. "return 3", "must return model"},
        {"a number of a million digits", "return model { input = '3', dense { " .. ("9"):rep(1000000) .. " } }"},
        {"a name of a megabyte", "return model { input = '3', relu { name = '" .. ("n"):rep(1000000) .. "' } }", "at most 64"},
        {"a model's name of a megabyte", "return model { input = '3', name = '" .. ("n"):rep(1000000) .. "', relu {} }", "at most 64"},
        {"an option of a megabyte", "return model { input = '3', dense { 3, activation = '" .. ("n"):rep(1000000) .. "' } }"},
        {"a key of a megabyte", "return model { input = '3', dense { 3, " .. ("k"):rep(1000000) .. " = 1 } }"},
        {"an unknown layer of a megabyte", "return model { input = '3', " .. ("k"):rep(1000000) .. " { 3 } }"},
        {"an error of a megabyte", "error(('e'):rep(1 << 20))"},
        {"an error in a table", "error({ 'a' })", "not a text"},
        {"an error that is a function", "error(error)", "not a text"},
        {"an error that is false", "error(false)", "not a text"},
        {"an error of nothing", "error()", "not a text"},
        {"an error with control characters", "error('a\\27[2Jb\\r\\n\\7c')", "?[2Jb"},
        {"an assertion with a table", "assert(false, {})", "not a text"},
        {"unprintable names", "return model { input = '3', relu { name = 'a\\1\\127\\200' } }", "cannot be part of a C name"},
        {"an unprintable key", "return model { input = '3', relu { ['\\27[31m'] = 1 } }", "unknown option"},
        {"a key that turns the text round", "return model { input = '3', relu { ['\\u{202e}'] = 1 } }", "unknown option"},
        {"input of 100,000 sizes", "return model { input = '" .. ("1x"):rep(100000) .. "1', relu {} }"},
        {"a list of 100,000 for a kernel", "local t = {} for i = 1, 100000 do t[i] = 1 end return model { input = '3x3x1', conv2d { 1, kernel = t } }"},
        {"101 residuals in each other", "local l = relu {} for i = 1, 101 do l = residual { l } end return model { input = '3x3x1', l }", "nested too deeply"},
        {"5,000 layers", "local t = { input = '3' } for i = 1, 5000 do t[i] = relu {} end return model(t)", "at most 4096"},
        {"5,000 branches", "local t = {} for i = 1, 5000 do t[i] = { relu {} } end return model { input = '3', add(t) }", "at most 4096"},
        {"a layer in itself", "local t = {} t[1] = residual(t) return model { input = '3', t[1] }"},
        {"a branch in itself", "local t = { relu {} } t[2] = t return model { input = '3', add { t, t } }"},
        {"coroutines", "coroutine.wrap(function() while true do end end)()", "unknown name"},
        {"a metatable of strings", "('').__index = nil"},
        {"the strings' own table", "local s = string s.rep = nil s.format = function() while true do end end return ('%d'):format(3)", "does not end"},
        {"another ipairs", "ipairs = 3", "a name of cnngen"},
        {"metatables and __gc", "setmetatable({}, { __gc = function() while true do end end })", "unknown name"},
        {"the registry", "debug.getregistry()", "unknown name"},
        {"_G", "return _G", "unknown name"},
        {"no prelude by its words", "conv_bn { {}, kernel = {} }", nil},
        {"a block without options", "return model { input = '8x8x1', bottleneck {} }", "filters is missing"},
        {"a block of a text", "return model { input = '8x8x1', bottleneck { 'many' } }"},
        {"a block that divides by zero", "return model { input = '8x8x4', squeeze_excite { 4, ratio = 0 } }", "divide by zero"},
        {"a block of not a number", "return model { input = '8x8x4', squeeze_excite { 0/0 } }"},
        {"a block of infinity", "return model { input = '8x8x4', inverted_residual { 4, channels = math.huge } }"},
        {"a block of lists that are numbers", "return model { input = '8x8x4', inception { c1 = 1, c3 = 2, c5 = 3, pool = 4 } }", "attempt to index"},
        {"a block of functions", "return model { input = '8x8x4', fire { print, expand = error } }"},
        {"a block of a block", "return model { input = '8x8x4', conv_bn { conv_bn { 3, kernel = 1 }, kernel = 3 } }"},
        {"a block with 100 unknown options", (function() local t = {} for i = 1, 100 do t[i] = "zz" .. i .. " = 1" end return "conv_bn { 3, kernel = 1, " .. table.concat(t, ", ") .. " }" end)(), "unknown option"},
        {"UTF-16", "\xff\xfer\0e\0t\0u\0r\0n\0", "zero byte"},
        {"only NUL bytes", ("\0"):rep(100), "zero byte"},
        {"only spaces", (" "):rep(1000000), "returns nothing"},
        {"a megabyte of a comment", "--" .. ("-"):rep(1000000), "returns nothing"},
        {"every byte", (function() local t = {} for i = 1, 255 do t[i] = string.char(i) end return table.concat(t) end)()},
        {"a million lines", ("\n"):rep(1000000) .. "return 3", "must return model"},
        {"17 megabytes", (" "):rep(17 << 20), "is too large"},
        {"an ELF file", "\127ELF\2\1\1\0", "zero byte"},
        {"compiled Lua without its head", "Lua\0\25\147"},
        {"a shebang and nothing", "#!", "returns nothing"},
    }
    for _, case in ipairs(cases) do
        hostile.expect("spec: " .. case[1], "@ check " .. hostile.spec(case[2]), 1, case[3])
    end
    -- As many layers and branches as are allowed are not slow.
    hostile.expect("spec: 4,095 layers", "@ check " .. hostile.spec("local t = { input = '3x3x2' } for i = 1, 4094 do t[i] = i % 2 == 0 and tanh {} or conv2d { 2, kernel = 1 } end return model(t)"), 0)
    hostile.expect("spec: 2,000 branches", "@ check " .. hostile.spec("local t = {} for i = 1, 2000 do t[i] = { relu {} } end return model { input = '3', concat(t) }"), 0)
    hostile.expect("spec: 90 blocks deep", "@ check " .. hostile.spec("local l = relu {} for i = 1, 90 do l = residual { l } end return model { input = '3x3x1', l }"), 0)
    hostile.expect("spec: the same layer three times", "@ check " .. hostile.spec("local l = relu {} return model { input = '3', l, l, l }"), 0)
    -- What -D can do.
    local plain = hostile.spec("return model { input = '3', dense { arg('n', 2) } }", "plain")
    hostile.expect("-D of 100,000 digits", ("@ check -D n=%s %s"):format(("9"):rep(100000), plain), 1)
    hostile.expect("-D that is no number", "@ check -D n=0/0 " .. plain, 1, "must be a number")
    hostile.expect("-D nan", "@ check -D n=nan " .. plain, 1, "must be a number")
    hostile.expect("-D 1e999", "@ check -D n=1e999 " .. plain, 1)
    hostile.expect("-D with control characters", "@ check -D 'n=a\27[31m' " .. plain, 1, "?[31m")
    local other = hostile.spec("return model { input = '3', dense { arg('units', 2) } }", "other")
    hostile.expect("-D for the second of two specs", ("@ check -D units=3 %s %s"):format(plain, other), 0)
    hostile.expect("-D for the first of two specs", ("@ check -D n=3 %s %s"):format(plain, other), 0)
    hostile.expect("-D for none of two specs", ("@ check -D unit=3 %s %s"):format(plain, other), 2, "did you mean 'units'")
    hostile.expect("-D and diff", ("@ diff -D units=2 %s %s"):format(plain, other), 0)
    -- Names of files.
    for name, text in pairs {["with\nnewline"] = "with_newline_predict", ["\27[31mred"] = "31mred_predict", ["int"] = "", ["-o"] = "", ["\xff\xfe"] = "", [("n"):rep(200)] = ""} do
        local path = hostile.spec("return model { input = '3', dense { 2 } }", name)
        local _, err, status = hostile.run(("@ %s -o %s/out.c"):format("\"" .. path .. "\"", hostile.build))
        local count = hostile.errors(err)
        local header = tap.read(hostile.build .. "/out.h") or ""
        tap.report((status == 0 and count == 0 and header:find(text, 1, true)) or (status == 1 and count == 1), ("a file called %q"):format(name):gsub("\\\n", " "), tostring(status) .. err)
        os.execute("rm -f " .. hostile.build .. "/out.*")
    end
    hostile.expect("a path of 5,000 characters", "@ check " .. ("p"):rep(5000) .. ".lua", 3, "too long")
end
