-- readme.lua - the README's examples are true: its spec, its table, its lines of C, its error message, its commands.
-- usage: lua5.4 tests/readme.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
os.execute("mkdir -p " .. build .. "/specs")
local readme = tap.read("README.md")
local blocks = {}
for language, body in readme:gmatch("\n```(%w*)\n(.-)\n```") do
    blocks[#blocks + 1] = {language = language, body = body}
end

local function block(n, language)
    local seen = 0
    for _, b in ipairs(blocks) do
        if b.language == language then
            seen = seen + 1
            if seen == n then
                return b.body
            end
        end
    end
    error("no block " .. n .. " in " .. language)
end

local function without_comments(text)
    return (text:gsub("%-%-[^\n]*", ""):gsub("%s+", " "))
end
tap.report(without_comments(block(1, "lua")) .. " " == without_comments(tap.read("specs/mnist.lua")), "the spec is specs/mnist.lua", block(1, "lua"))

local function every_line(name, text, where)
    local missing
    for line in (text .. "\n"):gmatch("([^\n]*)\n") do
        if not where:find(line, 1, true) then
            missing = missing or line
        end
    end
    tap.report(not missing, name, "not there: " .. tostring(missing))
end
every_line("the table is what summary prints", block(1, ""), (tap.run(cnngen .. " summary specs/mnist.lua")))
tap.run(("%s specs/mnist.lua -o %s/mnist.c"):format(cnngen, build))
every_line("the lines stand in mnist.c", block(1, "c"), tap.read(build .. "/mnist.c"))

local program = cnngen:sub(1, 1) == "/" and cnngen or tap.run("pwd"):gsub("\n", "") .. "/" .. cnngen
tap.write(build .. "/specs/lenet.lua", tap.read("tests/golden/rule-contract-example.lua"))
local _, message = tap.run(("cd %s && %s check specs/lenet.lua"):format(build, program))
tap.report(message == block(2, "") .. "\n", "the error message is what check prints", message)

local makefile = tap.read("Makefile")
for target in block(1, "sh"):gmatch("make ([%a ]+)") do
    for word in target:gmatch("%a+") do
        tap.report(makefile:find("\n" .. word .. ":", 1, true) or word == "apt", "make " .. word .. " is a target", makefile)
    end
end
local help = tap.run(cnngen .. " --help")
for command in readme:gmatch("| `cnngen (%l+) SPEC") do
    tap.report(help:find("cnngen " .. command .. " SPEC", 1, true), "cnngen " .. command .. " is in --help", help)
end
for name, bytes in readme:gmatch("mnist_(%l+) %l+;%s+/%* ([%d,]+) bytes") do
    local header = tap.read(build .. "/mnist.h")
    local define = name == "params" and "MNIST_PARAM_BYTES " or "MNIST_SCRATCH_BYTES "
    tap.report(header:find(define .. bytes:gsub(",", "") .. " ", 1, true) or header:find(define .. bytes:gsub(",", "") .. "\n", 1, true),
        name .. " has " .. bytes .. " bytes", header:match(define .. "%d+"))
end
tap.finish()
