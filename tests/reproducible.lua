-- reproducible.lua - what `--reproducible` promises: the same bits with every compiler, at every optimisation level, on every target.
--
-- usage: lua5.4 tests/reproducible.lua CNNGEN BUILD_DIR [all | accept]
-- Networks are trained for 100 steps by tests/targets/support/program.c; hashes of their outputs, gradients, losses and weights must be
-- those of tests/reproducible/hashes.txt, here with many builds and on all targets of tests/targets/. Then cases of every layer kind
-- agree between vectors of 16, 8, 4 lanes and one. `all` takes every build and case; `accept` writes the hashes anew.
local tap = dofile("tests/tap.lua")
local targets = dofile("tests/targets/support/runner.lua")
local cnngen, build, mode = arg[1], arg[2], arg[3]
local golden = "tests/reproducible/hashes.txt"
local jobs = os.getenv("JOBS") or "2"
os.execute(("rm -rf %s && mkdir -p %s"):format(build, build))

-- steps: of training; elsewhere: under an emulator, where a larger network would take minutes.
local networks = {
    {name = "graph", spec = "tests/reproducible/graph.lua", steps = 100, elsewhere = true},
    {name = "tiny_numbers", spec = "tests/reproducible/tiny_numbers.lua", steps = 100, elsewhere = true},
    {name = "shapes", spec = "specs/shapes.lua", options = "--batch 5", steps = 100, elsewhere = true},
    {name = "mnist", spec = "specs/mnist.lua", options = "--batch 4", steps = 100},
    {name = "portable", spec = "tests/reproducible/graph.lua", options = "--target portable -D name=portable", steps = 100},
    {name = "loops", spec = "tests/reproducible/graph.lua", options = "--unroll none -D name=loops", steps = 100},
    {name = "in_double", spec = "tests/reproducible/graph.lua", options = "--real double -D name=in_double", steps = 100},
}

local function found(command)
    return select(3, tap.run("command -v " .. command)) == 0
end

-- Compilers x levels x instruction sets: all of them, or a few such that each value of each occurs.
local levels = {"-O0", "-O1", "-O2", "-O3", "-Os"}
local sets = {"", "-march=native", "-march=x86-64-v3", "-mfma"}
local function list_builds()
    local list = {{compiler = "tcc", flags = ""}}
    for c, compiler in ipairs {"gcc", "clang"} do
        for l, level in ipairs(levels) do
            for s, set in ipairs(sets) do
                if mode == "all" or (l + s + c) % 4 == 0 then
                    list[#list + 1] = {compiler = compiler, flags = level .. " " .. set}
                end
            end
        end
    end
    list[#list + 1] = {compiler = "gcc", flags = "-std=gnu99 -O3 -march=native -ffp-contract=fast"}
    list[#list + 1] = {compiler = "g++", flags = "-x c++ -O2 -march=native"}
    list[#list + 1] = {compiler = "clang-19", flags = "-std=gnu2x -O3 -march=native"}
    return list
end

-- Shell commands, JOBS at a time.
local function run_all(commands)
    tap.write(build .. "/commands", table.concat(commands, "\n") .. "\n")
    os.execute(("xargs -d '\\n' -n 1 -P %s sh -c < %s/commands"):format(jobs, build))
end

local support = targets.support
-- Compiles a network with `flags`, and runs it here; what it prints goes to FOLDER.out. The program around it is gcc's, but tcc needs its
-- own functions.
local function command(net, compiler, flags, folder, steps)
    local identity = ("-I%s -I%s -DNETWORK=%s -DUPPER=%s -DHEADER='\"%s.h\"' -DINIT=1 -DSTEPS=%d -DVALUES=0"):format(net.folder, support, net.id, net.id:upper(), net.id, steps)
    local linker = compiler == "tcc" and "tcc" or compiler == "g++" and "gcc" or compiler
    return ("{ %s %s -w -c -o %s.o %s/%s.c && %s -w -O1 %s -o %s.run %s.o %s/program.c %s/hosted.c && %s.run; } > %s.out 2>&1 || echo failed >> %s.out"):format(
        compiler, flags, folder, net.folder, net.id, linker, identity, folder, folder, support, support, folder, folder, folder)
end

-- "outputs 1530e781 ..." of what program.c printed, or what went wrong.
local function hashes(text)
    local words = {}
    for name, hash in (text or ""):gmatch("section (%S+) %d+ (%x+)") do
        words[#words + 1] = name .. " " .. hash
    end
    return (text or ""):find("\nend\r?\n") and table.concat(words, " ") or "failed: " .. (text or ""):sub(-1000)
end

local function generate(net, options)
    return ("%s %s --reproducible %s -o %s/%s.c > %s/%s.err 2>&1"):format(cnngen, net.spec, options or "", net.folder, net.id, net.folder, net.id)
end

local expected = {}
for line in (tap.read(golden) or ""):gmatch("[^\n]+") do
    local name, text = line:match("^(%S+) %d+ steps: (.*)$")
    if name then
        expected[name] = text
    end
end

-- The networks with many builds.
local function check_builds()
    local commands, list = {}, {}
    for _, b in ipairs(list_builds()) do
        b.missing = not found(b.compiler)
        list[#list + 1] = b
    end
    for _, net in ipairs(networks) do
        net.folder, net.id = build .. "/" .. net.name, net.name
        os.execute("mkdir -p " .. net.folder)
        tap.report(select(3, tap.run(generate(net, net.options))) == 0, "generate " .. net.name, tap.read(net.folder .. "/" .. net.id .. ".err"))
        for k, b in ipairs(list) do
            if not b.missing and (mode == "all" or net.elsewhere or k % 4 == 1) then
                commands[#commands + 1] = command(net, b.compiler, b.flags, ("%s/b%d"):format(net.folder, k), net.steps)
            end
        end
    end
    run_all(commands)
    local seen = 0
    for _, net in ipairs(networks) do
        for k, b in ipairs(list) do
            local title = ("%s: %s %s"):format(net.name, b.compiler, b.flags)
            local text = tap.read(("%s/b%d.out"):format(net.folder, k))
            if b.missing then
                print("ok - " .. title .. " # SKIP " .. b.compiler .. " is not installed")
            elseif text then
                local got = hashes(text)
                expected[net.name] = (mode == "accept" and not net.accepted) and got or expected[net.name]
                net.accepted, seen = true, seen + 1
                tap.report(got == expected[net.name], title, ("%s\nnot %s"):format(got, expected[net.name]))
            end
        end
    end
    print(("# cases: %d builds of %d networks with the hashes of %s"):format(seen, #networks, golden))
end

-- The same networks on all targets.
local function check_targets()
    local list = {}
    for _, target in ipairs(targets.all()) do
        for _, net in ipairs(networks) do
            local title = ("%s: %s"):format(net.name, target.name)
            if target.name == "host" or not (net.elsewhere or (mode == "all" and net.name == "mnist")) then
                -- done above, or too slow
            elseif target.missing then
                print("ok - " .. title .. " # SKIP " .. target.missing)
            else
                local flags = "-std=c99 -O2 " .. (target.float_flags or "")
                if target.name == "ppc64" then -- gcc 12 warns there of a fifth lane that n does not allow
                    flags = flags .. " -Wno-aggressive-loop-optimizations"
                end
                local job = targets.job(target, ("%s/%s_%s"):format(build, net.name, target.name), net.folder .. "/" .. net.id, {flags = flags, steps = net.steps})
                job.net, job.title = net, title
                list[#list + 1] = job
            end
        end
    end
    targets.run(list, build .. "/targets", 600)
    for _, job in ipairs(list) do
        local refusal = job.target.extended and "computes in more digits" or job.target.name == "cortex_m55_clang" and "add +nomve.fp"
        if refusal then
            tap.report(job.log:find(refusal, 1, true), job.title .. " is refused: " .. refusal, job.log)
        else
            local got = targets.problem(job) or hashes(job.out)
            tap.report(got == expected[job.net.name], job.title, ("%s\nnot %s"):format(got, expected[job.net.name]))
        end
    end
end

-- Every layer kind: vectors of 16, 8 and 4 floats, and one float at a time.
local function check_layers()
    local kinds = {"conv2d", "conv1d", "depthwise", "grouped", "pool", "dense", "activation", "other", "resize", "norm", "layer_norm", "prelu", "graph", "training", "network"}
    local builds = {{"tcc", ""}, {"gcc", "-O0 -march=native"}, {"gcc", "-O0 -mavx2"}, {"gcc", "-O0"}}
    local share, cases, commands = mode == "all" and 1 or 24, {}, {}
    for _, kind in ipairs(kinds) do
        for k, case in ipairs(dofile("tests/layers/" .. kind .. ".lua")) do
            if k % share == 0 or (kind == "training" and k % 8 == 0) then
                local id = ("c%03d"):format(#cases + 1)
                local case_of = {title = kind .. "/" .. case.name, folder = ("%s/%s"):format(build, id), id = id, steps = kind == "training" and 100 or 3}
                os.execute("mkdir -p " .. case_of.folder)
                case_of.spec = tap.write(("%s/%s.lua"):format(case_of.folder, id), (case.before or "") .. "return model { " .. case.text .. " }\n")
                cases[#cases + 1] = case_of
                local all = {generate(case_of)}
                for b, of in ipairs(builds) do
                    all[#all + 1] = command(case_of, of[1], of[2], ("%s/b%d"):format(case_of.folder, b), case_of.steps)
                end
                commands[#commands + 1] = table.concat(all, "; ")
            end
        end
    end
    run_all(commands)
    for _, case in ipairs(cases) do
        local first = hashes(tap.read(case.folder .. "/b4.out"))
        local good, reason = not first:find("^failed"), first
        for b, of in ipairs(builds) do
            local got = hashes(tap.read(("%s/b%d.out"):format(case.folder, b)))
            if got ~= first and (of[1] ~= "tcc" or found("tcc")) then
                good, reason = false, ("%s %s: %s\nnot %s"):format(of[1], of[2], got, first)
            end
        end
        tap.report(good, case.title, reason)
    end
    print(("# cases: %d of layers, each with %d builds"):format(#cases, #builds))
end

-- What cannot be right is not compiled.
local function check_refused()
    local net = networks[1]
    local function refused(compiler, flags, message)
        local title = ("%s %s is refused"):format(compiler, flags)
        if not found(compiler) then
            print("ok - " .. title .. " # SKIP " .. compiler .. " is not installed")
            return
        end
        local _, err, status = tap.run(("%s %s -c -o /dev/null %s/%s.c"):format(compiler, flags, net.folder, net.id))
        tap.report(status ~= 0 and err:find(message, 1, true), title, err)
    end
    for _, compiler in ipairs {"gcc", "clang"} do
        refused(compiler, "-O2 -ffast-math", "cannot be compiled with -ffast-math")
        refused(compiler, "-Ofast", "cannot be compiled with -ffast-math")
    end
    refused("gcc", "-O2 -funsafe-math-optimizations", "cannot be compiled with -ffast-math")
    refused("gcc", "-O2 -mfpmath=387", "computes in more digits")
    refused("s390x-linux-gnu-gcc", "-std=c99 -O2", "computes in more digits")
    refused("clang", "--target=thumbv8.1m.main-none-eabihf -mcpu=cortex-m55 -ffreestanding -isystem " .. support .. "/include", "add +nomve.fp")
end

check_builds()
if mode == "accept" then
    local lines = {}
    for _, net in ipairs(networks) do
        lines[#lines + 1] = ("%s %d steps: %s\n"):format(net.name, net.steps, expected[net.name])
    end
    tap.write(golden, table.concat(lines))
else
    check_layers()
    check_targets()
    check_refused()
end
local first = hashes(tap.read(build .. "/graph/b1.out"))
local once, _, status = tap.run(("%s %s --reproducible -o - 2>&1 | head -1; %s summary specs/shapes.lua --reproducible"):format(cnngen, networks[1].spec, cnngen))
tap.report(status == 2 and first ~= "", "--reproducible belongs to compiling", once)
tap.finish()
