-- runner.lua - builds programs for the targets in tests/targets/*.lua and runs them there.
--
--     local targets = dofile("tests/targets/support/runner.lua")
--     local list = targets.all()                         every target, sorted by name; .missing says why it cannot run here
--     local job = targets.job(target, folder, model, flags, program)   what to compile (see below) and where
--     targets.run({job, ...})                            all of them, two at a time
--     job.status, job.log, job.sections                  of what it printed: name -> {count, hash, bits = {...}}
--
-- A file of a target returns a table: compiler, flags; freestanding (no libc: -ffreestanding and a string.h of our own); port, the file
-- of support/ that has its main, and port_compiler; linker (default: the compiler), link, libraries; runner, the command before the
-- program's name; needs, files that must be there besides these commands; float_flags, what it takes there to compute floats in float
-- under -std=c99, and extended, when nothing does.
local tap = dofile("tests/tap.lua")
local targets = {support = "tests/targets/support"}
targets.warnings = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-align -Wundef -Wvla -Werror"

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
    return target
end

function targets.all()
    local list = {}
    for name in tap.run("ls tests/targets"):gmatch("([%w_]+)%.lua\n") do
        list[#list + 1] = targets.load(name)
    end
    return list
end

-- The network's name as it stands in its header.
local function model_name(header)
    local text = assert(tap.read(header), header)
    return text:match("typedef struct ([%w_]+)_params"), text:match("#define ([%w_]+)_INPUT_SIZE")
end

-- A network `model` (path without .c) is compiled with `flags` for a target and linked with `sources`, a list, and the file that
-- starts it there. `defines` are for the sources.
function targets.build(target, folder, model, flags, sources, defines)
    local name, upper = model_name(model .. ".h")
    local base = ("%s -I%s -I%s"):format(target.freestanding and "-ffreestanding -isystem " .. targets.support .. "/include" or "", model:match("^(.*)/"), targets.support)
    local identity = ("-DNETWORK=%s -DUPPER=%s -DHEADER='\"%s.h\"' %s"):format(name, upper, model:match("([^/]+)$"), defines or "")
    local commands, objects = {}, {}
    local function compile(compiler, options, source)
        objects[#objects + 1] = ("%s/%d.o"):format(folder, #objects)
        commands[#commands + 1] = ("%s %s -c -o %s %s"):format(compiler, options, objects[#objects], source)
    end
    local compiler = target.compiler .. " " .. target.flags
    compile(compiler, ("%s %s %s"):format(flags, targets.warnings, base), model .. ".c")
    for _, source in ipairs(sources) do
        compile(compiler, ("-std=c99 -O1 %s %s"):format(base, identity), source)
    end
    if target.port_compiler then
        compile(target.port_compiler, "-O1", targets.support .. "/" .. target.port)
    else
        compile(compiler, "-O1 " .. base, targets.support .. "/" .. target.port)
    end
    if target.freestanding and target.port ~= "hosted.c" then
        compile(compiler, "-O1 " .. base, targets.support .. "/memory.c")
    end
    commands[#commands + 1] = ("%s %s -o %s/run %s %s"):format(target.linker or compiler, target.link, folder, table.concat(objects, " "), target.libraries or "")
    return commands
end

-- A job of run(): options are flags (of the network), sources, defines.
function targets.job(target, folder, model, options)
    return {target = target, folder = folder, model = model, flags = options.flags or "-std=c99 -O2", sources = options.sources or {targets.support .. "/program.c"},
            defines = options.defines or "-DSTEPS=3 -DVALUES=1"}
end

-- The sections that program.c printed; bits are strings of hexadecimal digits.
function targets.sections(text)
    local sections, current = {}, nil
    for line in text:gmatch("[^\r\n]+") do
        local name, count, hash = line:match("^section (%S+) (%d+) (%x+)$")
        if name then
            current = {name = name, count = tonumber(count), hash = hash, bits = {}}
            sections[#sections + 1], sections[name] = current, current
        elseif current and line:find("^%x+$") then
            current.bits[#current.bits + 1] = line
        end
    end
    sections.complete = text:find("\nend\r?\n") ~= nil
    return sections
end

-- Semihosting writes to standard error, so both streams are the output.
function targets.run(jobs, seconds)
    local rules, names = {}, {}
    for k, job in ipairs(jobs) do
        os.execute(("rm -rf %s && mkdir -p %s"):format(job.folder, job.folder))
        local script = {"set -e"}
        for _, command in ipairs(targets.build(job.target, job.folder, job.model, job.flags, job.sources, job.defines)) do
            script[#script + 1] = command
        end
        script[#script + 1] = ("set +e\ntimeout -k 1 %d %s %s/run > %s/out 2>&1\necho $? > %s/status\n"):format(seconds or 60, job.target.runner, job.folder, job.folder, job.folder)
        tap.write(job.folder .. "/job.sh", table.concat(script, "\n"))
        names[k] = "job" .. k
        rules[k] = ("job%d:\n\t@sh %s/job.sh > %s/log 2>&1 || true\n"):format(k, job.folder, job.folder)
    end
    local makefile = os.tmpname()
    tap.write(makefile, ("all: %s\n%s"):format(table.concat(names, " "), table.concat(rules)))
    os.execute(("make -s -j%s -f %s all"):format(os.getenv("JOBS") or "2", makefile))
    os.remove(makefile)
    for _, job in ipairs(jobs) do
        job.log, job.out = tap.read(job.folder .. "/log") or "", tap.read(job.folder .. "/out")
        job.status = tonumber(tap.read(job.folder .. "/status") or "")
        job.sections = targets.sections(job.out or "")
    end
end

-- What went wrong before any number was computed, or nil.
function targets.problem(job)
    if not job.status then
        return "does not compile: " .. job.log:sub(1, 2000)
    elseif job.status ~= 0 then
        return ("ended with status %d%s"):format(job.status, job.status == 124 and " (too slow)" or "") .. (job.out or ""):sub(-500)
    end
    return not job.sections.complete and "its output is not complete" or nil
end

return targets
