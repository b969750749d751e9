-- runner.lua - builds programs for the targets in tests/targets/*.lua and runs them there.
--
--     local targets = dofile("tests/targets/support/runner.lua")
--     local list = targets.all()                        every target, sorted by name; .missing says why it cannot run here
--     local job = targets.job(target, folder, model, options)      a generated network, `model` is its path without .c
--     targets.run(jobs, build, seconds)                 all of them, two at a time (JOBS); returns processor seconds
--     targets.problem(job)                              what went wrong, or nil
--     job.sections                                      what program.c printed: name -> {name, count, hash, bits = {...}}
--
-- A file of a target returns a table: compiler, flags; freestanding (no libc: -ffreestanding and a string.h of our own); port, the file
-- of support/ that has its main, and port_compiler; linker (default: the compiler), link, libraries; runner, the command before the
-- program's name; needs, files that must be there besides these commands; float_flags, what it takes there to compute floats in float
-- under -std=c99, and extended, when nothing does; fused, where clang fuses products and sums of portable code, as that asks it to,
-- whatever the flags say; vectors, when generated code uses those of the target; optimize, a level other
-- than -O2 that is of interest there.
local tap = dofile("tests/tap.lua")
local targets = {support = "tests/targets/support"}
targets.warnings = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wdouble-promotion -Wcast-align -Wundef -Wvla -Werror"

local function found(command)
    local _, _, status = tap.run("command -v " .. command)
    return status == 0
end

-- Why a target cannot run here, or nil.
local function missing(target)
    for _, command in ipairs {target.compiler, target.port_compiler or target.compiler, target.linker or target.compiler, target.runner:match("%S+")} do
        if not found(command) then
            return command .. " is not installed"
        end
    end
    for _, path in ipairs(target.needs or {}) do
        if not tap.read(path) then
            return path .. " is not there"
        end
    end
end

function targets.load(name)
    local target = dofile(("tests/targets/%s.lua"):format(name))
    target.name, target.missing = name, missing(target)
    target.base = ("%s -I%s"):format(target.freestanding and "-ffreestanding -isystem " .. targets.support .. "/include" or "", targets.support)
    return target
end

function targets.all()
    local list = {}
    for name in tap.run("ls tests/targets"):gmatch("([%w_]+)%.lua\n") do
        list[#list + 1] = targets.load(name)
    end
    return list
end

-- What starts a program on the target: compiled once. Returns the objects and the commands that make them.
local function port(target, folder)
    local objects, commands = {}, {}
    local function compile(compiler, options, source)
        objects[#objects + 1] = ("%s/port%d.o"):format(folder, #objects)
        commands[#commands + 1] = ("%s -O1 %s -c -o %s %s/%s"):format(compiler, options, objects[#objects], targets.support, source)
    end
    if target.port_compiler then
        compile(target.port_compiler, "", target.port)
    else
        compile(target.compiler .. " " .. target.flags, target.base, target.port)
    end
    if target.freestanding and target.port ~= "hosted.c" then
        compile(target.compiler .. " " .. target.flags, target.base, "memory.c")
    end
    return objects, commands
end

-- flags are for the network; steps of training; values: print them, not only their hashes; selftest: the file that --selftest wrote.
function targets.job(target, folder, model, options)
    return {target = target, folder = folder, model = model, flags = options.flags or "-std=c99 -O2", steps = options.steps or 3,
            values = options.values and 1 or 0, selftest = options.selftest}
end

-- The commands that compile and link a job with the objects of the port.
local function build(job, ports)
    local target, header = job.target, assert(tap.read(job.model .. ".h"), job.model)
    local compiler = ("%s %s"):format(target.compiler, target.flags)
    local include = ("%s -I%s"):format(target.base, job.model:match("^(.*)/"))
    local defines = ("-DNETWORK=%s -DUPPER=%s -DHEADER='\"%s.h\"' -DINIT=%d -DSTEPS=%d -DVALUES=%d %s"):format(
        header:match("typedef struct ([%w_]+)_params"), header:match("#define ([%w_]+)_INPUT_SIZE"), job.model:match("([^/]+)$"),
        header:find("_init(", 1, true) and 1 or 0, job.steps, job.values, job.selftest and "-DSELFTEST" or "")
    local commands, objects = {}, {}
    local function compile(options, source)
        objects[#objects + 1] = ("%s/%d.o"):format(job.folder, #objects)
        commands[#commands + 1] = ("%s %s %s -c -o %s %s"):format(compiler, options, include, objects[#objects], source)
    end
    compile(job.flags .. " " .. targets.warnings, job.model .. ".c")
    compile("-std=c99 -O1 -Wall -Wextra -Werror " .. defines, targets.support .. "/program.c")
    if job.selftest then
        compile("-std=c99 -O1 -Wall -Wextra -Werror -DSELFTEST_PUT=put -DSELFTEST_MAIN=selftest", job.selftest)
    end
    commands[#commands + 1] = ("%s %s -o %s/run %s %s %s"):format(target.linker or compiler, target.link, job.folder,
        table.concat(objects, " "), table.concat(ports, " "), target.libraries or "")
    return commands
end

-- The sections that program.c printed; bits are strings of hexadecimal digits.
local function sections(text)
    local list, current = {}, nil
    for line in text:gmatch("[^\r\n]+") do
        local name, count, hash = line:match("^section (%S+) (%d+) (%x+)$")
        if name then
            current = {name = name, count = tonumber(count), hash = hash, bits = {}}
            list[#list + 1], list[name] = current, current
        elseif current and line:find("^%x+$") then
            current.bits[#current.bits + 1] = line
        end
    end
    return list
end

local function rule(name, needs, folder, commands)
    tap.write(folder .. "/" .. name .. ".sh", "set -e\n" .. table.concat(commands, "\n") .. "\n")
    return ("%s/%s: %s\n\t@sh %s/%s.sh > %s/%s.log 2>&1 || true\n"):format(folder, name, needs, folder, name, folder, name)
end

-- Semihosting writes to standard error, so both streams are the output.
function targets.run(jobs, folder, seconds)
    local rules, names, ports = {}, {}, {}
    os.execute("mkdir -p " .. folder)
    for k, job in ipairs(jobs) do
        local target = job.target
        if not ports[target.name] then
            local at = ("%s/%s"):format(folder, target.name)
            os.execute(("rm -rf %s && mkdir -p %s"):format(at, at))
            local objects, commands = port(target, at)
            ports[target.name] = {objects = objects, rule = at .. "/port"}
            rules[#rules + 1] = rule("port", "", at, commands)
        end
        os.execute(("rm -rf %s && mkdir -p %s"):format(job.folder, job.folder))
        local commands = build(job, ports[target.name].objects)
        commands[#commands + 1] = ("set +e\ntimeout -k 1 %d %s %s/run > %s/out 2>&1\necho $? > %s/status"):format(
            seconds or 300, target.runner, job.folder, job.folder, job.folder)
        rules[#rules + 1], names[k] = rule("job", ports[target.name].rule, job.folder, commands), job.folder .. "/job"
    end
    tap.write(folder .. "/Makefile", ("all: %s\n%s"):format(table.concat(names, " "), table.concat(rules)))
    os.execute(("sh -c 'make -s -j%s -f %s/Makefile all; times > %s/times'"):format(os.getenv("JOBS") or "2", folder, folder))
    for _, job in ipairs(jobs) do
        job.log, job.out = tap.read(job.folder .. "/job.log") or "", tap.read(job.folder .. "/out") or ""
        job.status = tonumber(tap.read(job.folder .. "/status") or "")
        job.sections = sections(job.out)
    end
    local spent = 0
    for minutes, secs in (tap.read(folder .. "/times") or ""):match("\n(.*)"):gmatch("(%d+)m([%d.]+)s") do
        spent = spent + 60 * tonumber(minutes) + tonumber(secs)
    end
    return spent
end

function targets.problem(job)
    if not job.status then
        return "does not compile: " .. job.log:sub(1, 2000)
    elseif job.status ~= 0 then
        return ("ended with status %d%s: "):format(job.status, job.status == 124 and " (too slow)" or "") ..
            (job.out:match("[^\n]*not ok.*") or job.out:sub(-300))
    end
    return not job.out:find("end\r?\n$") and "its output is not complete" or nil
end

return targets
