-- guarantees.lua - what the generated header promises of the code: its stack, its symbols, no state, threads, the CRC of the weights.
--
-- usage: lua5.4 tests/guarantees.lua CNNGEN BUILD_DIR [NETWORK | programs]
local tap = dofile("tests/tap.lua")
local targets = dofile("tests/targets/support/runner.lua")
local cnngen, build, only = arg[1], arg[2], arg[3]
os.execute(("rm -rf %s && mkdir -p %s"):format(build, build))

local m4 = "-mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -mcpu=cortex-m4 -ffreestanding -isystem " .. targets.support .. "/include"
local compilers = { -- vector: it has vectors; graph: it knows -fcallgraph-info
    {name = "gcc -O2, widest vectors", command = "gcc -O2 -march=native", nm = "nm", vector = true, graph = true},
    {name = "gcc -Os", command = "gcc -Os", nm = "nm", vector = true, graph = true},
    {name = "gcc -O3 -mno-sse3", command = "gcc -O3 -mno-sse3", nm = "nm", vector = true, graph = true, few = true},
    {name = "clang -O2", command = "clang -O2", nm = "nm", vector = true},
    {name = "clang -O3 -mavx2", command = "clang -O3 -mavx2", nm = "nm", vector = true, few = true},
    {name = "Cortex-M4 -Os", command = "arm-none-eabi-gcc -Os " .. m4, nm = "arm-none-eabi-nm", graph = true},
    {name = "Cortex-M4 -Os, clang", command = "clang -Os --target=thumbv7em-none-eabihf " .. m4, nm = "arm-none-eabi-nm"},
    {name = "Cortex-M4 -O3", command = "arm-none-eabi-gcc -O3 " .. m4, nm = "arm-none-eabi-nm", graph = true},
    {name = "Cortex-M4 -O0", command = "arm-none-eabi-gcc -O0 " .. m4, nm = "arm-none-eabi-nm", graph = true},
}
local networks = {
    {name = "shapes", spec = "specs/shapes.lua"},
    {name = "mnist", spec = "specs/mnist.lua"},
    {name = "graph", spec = "tests/reproducible/graph.lua"},
    {name = "graph", as = "graph_reproducible", spec = "tests/reproducible/graph.lua", options = "--reproducible --crc", few = true},
    {name = "shapes", as = "shapes_least", spec = "specs/shapes.lua", options = "--ram least", few = true},
    {name = "shapes", as = "shapes_portable", spec = "specs/shapes.lua", options = "--target portable --threads 3", few = true},
    {name = "shapes", as = "shapes_loops", spec = "specs/shapes.lua", options = "--unroll none", few = true},
    {name = "shapes", as = "shapes_runtime", spec = "specs/shapes.lua", runtime = true, few = true},
}

for _, compiler in ipairs(compilers) do
    local _, _, status = tap.run("command -v " .. compiler.command:match("%S+"))
    compiler.missing = status ~= 0
end

-- Bytes of every function's frame: .su of gcc (file:line:column:function) and clang (file:line:function).
local function frames(path)
    local size, unbounded = {}, nil
    for line in (tap.read(path) or ""):gmatch("[^\n]+") do
        local place, bytes, kind = line:match("^(%S+)\t(%d+)\t(%S+)$")
        size[place:match("[^:]+$"):match("^[^.]+")] = tonumber(bytes)
        unbounded = kind == "dynamic" and place or unbounded
    end
    return size, unbounded
end

-- Who calls whom, as gcc writes it; parts of functions (NAME.constprop.0) count as the function.
local function call_graph(path)
    local calls = {}
    for line in (tap.read(path) or ""):gmatch("[^\n]+") do
        local from, to = line:match('^edge: { sourcename: "(.-)" targetname: "(.-)"')
        if from then
            from, to = from:match("[^:]*$"):match("^[^.]+"), to:match("[^:]*$"):match("^[^.]+")
            calls[from] = calls[from] or {}
            table.insert(calls[from], to)
        end
    end
    return calls
end

-- The deepest stack below a public function.
local function deepest(size, calls)
    local depths, most, name = {}, 0, nil
    local function depth(f)
        if not depths[f] then
            depths[f] = 0 -- no recursion: a second visit while this one lasts would be one
            local below = 0
            for _, g in ipairs(calls[f] or {}) do
                below = math.max(below, depth(g))
            end
            depths[f] = below + (size[f] or 0)
        end
        return depths[f]
    end
    for f in pairs(size) do
        if depth(f) > most then
            most, name = depth(f), f
        end
    end
    return most, name
end

local function check_object(net, compiler, object, bound)
    local bad, title = {}, ("%s: %s"):format(net.id, compiler.name)
    local undefined = {memcpy = true, memset = true, memmove = true}
    for kind, symbol in tap.run(compiler.nm .. " " .. object .. ".o"):gmatch("(%a) (%S+)\n") do
        if kind == "U" then
            if not undefined[symbol] and not (net.runtime and symbol:find("^cnn_")) and not symbol:find("^__aeabi_") then
                bad[#bad + 1] = "needs " .. symbol
            end
        elseif kind == "T" or kind == "R" then
            if symbol:sub(1, #net.name + 1) ~= net.name .. "_" then
                bad[#bad + 1] = "exports " .. symbol
            end
        elseif not kind:find("[trV]") then
            bad[#bad + 1] = ("has %s of kind %s"):format(symbol, kind)
        end
    end
    tap.report(#bad == 0, title .. ": symbols and no data that changes", table.concat(bad, "\n"))
    local size, unbounded = frames(object .. ".su")
    local calls = compiler.graph and call_graph(object .. ".ci") or net.calls
    local most, name = deepest(size, calls)
    local allowed = compiler.vector and 65536 or bound -- where stack is plenty, only that it ends
    tap.report(next(size) and not unbounded and most <= allowed, ("%s: %d of %d bytes of stack"):format(title, most, allowed), ("%s: %s"):format(name, unbounded or most))
    return compiler.vector and 0 or most / allowed
end

local closest = 0
for _, net in ipairs(networks) do
    net.id = net.as or net.name
end
local function check_network(net)
    local folder = build .. "/" .. net.id
    os.execute("mkdir -p " .. folder)
    local _, err, status = tap.run(("%s %s %s %s -o %s/%s.c"):format(cnngen, net.spec, net.options or "", net.runtime and "" or "--standalone", folder, net.name))
    tap.report(status == 0, net.id .. ": generated", err)
    if only == "programs" then
        return
    end
    local bound = tonumber((tap.read(("%s/%s.h"):format(folder, net.name)) or ""):match("_STACK_BYTES (%d+)")) or 0
    -- Calls as they stand in the source, for a compiler that does not tell them.
    tap.run(("gcc -O0 -w -Iruntime -fcallgraph-info -c -o %s/calls.o %s/%s.c"):format(folder, folder, net.name))
    net.calls = call_graph(folder .. "/calls.ci")
    for k, compiler in ipairs(compilers) do
        local object = ("%s/%d"):format(folder, k)
        if compiler.missing then
            print(("ok - %s: %s # SKIP the compiler is not installed"):format(net.id, compiler.name))
        elseif not (net.few and compiler.few) then
            _, err, status = tap.run(("%s -w -Iruntime -fstack-usage %s -c -o %s.o %s/%s.c"):format(compiler.command, compiler.graph and "-fcallgraph-info=su" or "", object, folder, net.name))
            if tap.report(status == 0, ("%s: %s compiles"):format(net.id, compiler.name), err) then
                closest = math.max(closest, check_object(net, compiler, object, bound))
            end
        end
    end
end
for _, net in ipairs(networks) do
    if not only or net.id == only or only == "programs" then
        check_network(net)
    end
end
print(("# largest share of the stated stack that is used: %.0f %%"):format(100 * closest))
if only and only ~= "programs" then
    tap.finish()
end

-- The runtime keeps to its own prefix, too.
for _, name in ipairs {"activation", "loss", "math", "optimizer", "random"} do
    local object = ("%s/cnn_%s.o"):format(build, name)
    tap.run(("gcc -O2 -c -o %s runtime/cnn_%s.c"):format(object, name))
    local bad = {}
    for kind, symbol in tap.run("nm " .. object):gmatch("(%a) (%S+)\n") do
        if not symbol:find("^cnn_") and symbol ~= "memcpy" and kind ~= "t" and kind ~= "r" or kind:find("[BbDdC]") then
            bad[#bad + 1] = kind .. " " .. symbol
        end
    end
    tap.report(#bad == 0 and tap.read(object), "runtime: cnn_" .. name, table.concat(bad, "\n"))
end

-- gcc -O2 makes vectors of the optimizers' loops only where it knows how often they run.
local _, told = tap.run("gcc -O2 -fopt-info-vec-optimized -c -o /dev/null runtime/cnn_optimizer.c")
local loops = select(2, told:gsub("loop vectorized", ""))
tap.report(loops >= 7, "runtime: gcc -O2 makes vectors of seven loops of optimizers", told)

-- Two networks in one program, and threads.
for _, flags in ipairs {"gcc -O2 -march=native", "clang -O1", "gcc -O1 -g -fsanitize=thread"} do
    local identity = '-DFIRST=graph -DFIRST_UP=GRAPH -DFIRST_H=\'"graph.h"\' -DSECOND=shapes -DSECOND_UP=SHAPES -DSECOND_H=\'"shapes.h"\''
    local program = build .. "/threads"
    local out, err, status = tap.run(("%s -Wall -Werror -pthread -I%s/graph -I%s/shapes %s -o %s tests/guarantees.c %s/graph/graph.c %s/shapes/shapes.c && setarch -R %s"):format(
        flags, build, build, identity, program, build, build, program))
    tap.report(status == 0 and out == "the same bits\n", "two networks, three threads: " .. flags, out .. err)
end

-- The CRC-32 of "12345678", which two weights are made of, is 0x9ae0daaf; on a big-endian machine, too.
local spec = tap.write(build .. "/digits.lua", "return model { input = '1', dense { 1 } }\n")
tap.write_npy(build .. "/digits.npy", {2}, {string.unpack("<f", "1234"), (string.unpack("<f", "5678"))})
local _, err = tap.run(("%s %s --crc --inference --standalone --weights %s/digits.npy -o %s/digits.c"):format(cnngen, spec, build, build))
tap.report((tap.read(build .. "/digits.h") or ""):find("DIGITS_WEIGHTS_CRC 0x9ae0daafu", 1, true), "the CRC of embedded weights", err)
tap.write(build .. "/crc_main.c", '#include "digits.h"\nint main(void)\n{\n    return digits_crc(&digits_weights) != DIGITS_WEIGHTS_CRC;\n}\n')
for _, name in ipairs {"host", "s390x", "mips"} do
    local target = targets.load(name)
    if target.missing then
        print(("ok - the CRC on %s # SKIP %s"):format(name, target.missing))
    else
        local _, e, status = tap.run(("%s %s -Wall -Wextra -Wpedantic -Wconversion -Werror -std=c99 -I%s %s -o %s/crc_%s %s/crc_main.c %s/digits.c && %s %s/crc_%s"):format(
            target.compiler, target.flags, build, target.link, build, name, build, build, target.runner, build, name))
        tap.report(status == 0, "the CRC on " .. name, e)
    end
end
tap.finish()
