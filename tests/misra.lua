-- misra.lua - the document of --misra says what cppcheck says, and has a reason for every rule.
-- usage: lua5.4 tests/misra.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
os.execute(("rm -rf %s && mkdir -p %s"):format(build, build))

local function generate(spec, options, environment)
    return tap.run(("%s %s %s --target portable %s -o %s/net.c --misra %s/net.md"):format(environment or "", cnngen, spec, options, build, build))
end

-- What goes wrong, with and without cppcheck.
local _, err, status = tap.run(("%s specs/shapes.lua -o %s/net.c --misra %s/net.md"):format(cnngen, build, build))
tap.report(status == 2 and err:find("--misra goes with --target portable", 1, true), "vectors have no such document", err)
_, err, status = tap.run(("%s specs/shapes.lua --target portable -o %s/net.c --misra %s/net.c"):format(cnngen, build, build))
tap.report(status == 2 and err:find("name the same file", 1, true), "not into the code itself", err)
_, err, status = generate("specs/shapes.lua", "", "CPPCHECK=no-such-program")
tap.report(status == 3 and err:find("no-such-program could not be run", 1, true) and not tap.read(build .. "/net.c"), "no cppcheck: a message, and no file", err)
_, err, status = generate("specs/shapes.lua", "", "CPPCHECK=echo")
tap.report(status == 3 and err:find("echo failed", 1, true) and not tap.read(build .. "/net.c"), "a program that says something else", err)

if select(3, tap.run("command -v cppcheck")) ~= 0 then
    print("ok - deviations from MISRA C # SKIP cppcheck is not installed")
    tap.finish()
end

-- Rules that a required category gives weight to and that remain; the others stay out for good.
local remaining = {["2.2"] = true, ["10.3"] = true, ["10.4"] = true, ["10.8"] = true, ["14.2"] = true, ["17.7"] = true, ["20.7"] = true}

local function rule_lines(text, folder) -- "10.4 net.c 17" for every place
    local places, counts = {}, {}
    for rule, file, line in text:gmatch("misra%-c2012%-(%S+) (%S+) (%d+)") do
        places[#places + 1] = ("%s %s %s"):format(rule, file:gsub("^.*/", ""), line)
        counts[rule] = (counts[rule] or 0) + 1
    end
    table.sort(places)
    return table.concat(places, "\n"), counts
end

local function document_lines(text)
    local places, rule, file = {}, nil, nil
    for line in text:match("\n## Places\n(.*)"):gmatch("[^\n]+") do
        rule = line:match("^Rule (%S+)$") or rule
        file = line:match("^%- `([^`]+)`: ") or file
        if rule and file and line:find("^[- ] ") then
            for number in line:gsub("^%- `[^`]+`: ", ""):gmatch("%d+") do
                places[#places + 1] = ("%s %s %s"):format(rule, file, number)
            end
        end
    end
    table.sort(places)
    return table.concat(places, "\n")
end

tap.write(build .. "/graph.lua", [[
return model {
  input = "8x8x3", batch = 2,
  conv2d { 6, kernel = 3, padding = "same", bias = false }, batch_norm { activation = "relu6" },
  residual { depthwise_conv2d { 3, padding = "same" }, layer_norm {}, activation = "silu" },
  concat { { maxpool2d { 2 } }, { conv2d { 5, kernel = 2, stride = 2, activation = "softplus" } } },
  conv2d_transpose { 4, kernel = 2, stride = 2, activation = "gelu" },
  upsample2d { 2, interpolation = "bilinear" }, avgpool2d { 2 }, dropout { 0.25 }, flatten {},
  dense { 3, activation = "softmax" }, optimizer = rmsprop { clip_norm = 1 },
}
]])
local total, seen = 0, {}
for _, case in ipairs {{"shapes", "specs/shapes.lua", "--standalone"}, {"graph", build .. "/graph.lua", "--standalone"},
    {"mnist", "specs/mnist.lua", "--inference"}} do
    local name, spec, options = table.unpack(case)
    local _, message, done = generate(spec, options)
    local document = tap.read(build .. "/net.md") or ""
    tap.report(done == 0 and not message:find("no reason", 1, true) and not document:find("none is known", 1, true), name .. ": a reason for every rule", message)
    local _, found = tap.run(("cp runtime/cnn.h %s && cppcheck --addon=misra --std=c99 -q --template='{id} {file} {line}' %s/net.c"):format(build, build))
    local places, counts = rule_lines(found)
    tap.report(places ~= "" and document_lines(document) == places, name .. ": every place is one that cppcheck reports, and all are there", document)
    local wrong = {}
    for rule, category, count in document:gmatch("\n| ([%d.]+) | (%a+) | (%d+) | ") do
        if counts[rule] ~= tonumber(count) or (category == "required" and not remaining[rule]) then
            wrong[#wrong + 1] = rule
        end
        total, seen[rule], counts[rule] = total + tonumber(count), true, nil
    end
    tap.report(#wrong == 0 and not next(counts), name .. ": the counts are cppcheck's, and no required rule is new", table.concat(wrong, " "))
end

-- Trained weights change nothing in it, and it is made in seconds.
local values = {}
for i = 1, 413 do
    values[i] = i / 413 - 0.5
end
tap.write_npy(build .. "/w.npy", {413}, values)
generate("specs/shapes.lua", "--inference --standalone")
local plain = tap.read(build .. "/net.md")
generate("specs/shapes.lua", "--inference --standalone --weights " .. build .. "/w.npy")
local weighted = tap.read(build .. "/net.md")
tap.report(tap.read(build .. "/net.c"):find("shapes_weights = {", 1, true) and select(2, plain:gsub("\n", "")) == select(2, weighted:gsub("\n", "")), "with trained weights the same rules", weighted)
local names = {}
for rule in pairs(seen) do
    names[#names + 1] = rule
end
table.sort(names, function(a, b) return (tonumber(a:match("^%d+")) * 100 + tonumber(a:match("%d+$"))) < (tonumber(b:match("^%d+")) * 100 + tonumber(b:match("%d+$"))) end)
print(("# misra cases: %d places in three networks, rules %s"):format(total, table.concat(names, " ")))
tap.finish()
