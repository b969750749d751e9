-- Whole networks of specs/, with small batches; without dropout, whose choice the reference does not know.
local cases = {}
for _, name in ipairs {"resnet8", "dscnn_kws"} do
    local file = assert(io.open("specs/" .. name .. ".lua"))
    local before, text = file:read("a"):match("^(.-)return model {(.*)}%s*$")
    file:close()
    text = text:gsub("batch = %d+", "batch = 2"):gsub("dropout %b{},", "")
    cases[#cases + 1] = {name = name, before = before, text = text, whole = true}
end
return cases
