-- targets.lua - generated code where it is to run: bare-metal Cortex-M, Linux on other processors, WebAssembly.
--
-- usage: lua5.4 tests/targets.lua CNNGEN BUILD_DIR [all] [TARGET...]
--        lua5.4 tests/targets.lua CNNGEN BUILD_DIR --hash SPEC [--steps=N] [--cflags=FLAGS] [--targets=A,B] OPTIONS OF CNNGEN...
-- The first form builds networks for every target (tests/targets/*.lua), runs them under an emulator and compares outputs, losses,
-- gradients and trained weights with this machine's. Without "all" a target gets the quick networks only, most of them in one of
-- two modes.
-- The second form prints the hashes of what every target computes from SPEC: initial weights, outputs, gradients, losses and weights
-- after N steps (default 100); its exit status is 0 when all of them agree on all targets that could run (and at least one could).
-- FLAGS are for the generated code, by default -std=c99 -O2; i386_x87, whose floats have more bits, only runs when it is named.
local tap = dofile("tests/tap.lua")
local targets = dofile("tests/targets/support/runner.lua")
local cnngen, build = arg[1], arg[2]

local networks = {
    {name = "shapes", spec = "specs/shapes.lua", options = "--batch 4"},
    {name = "mnist", spec = "tests/targets/specs/mnist_quarter.lua"},
    {name = "branches", spec = "tests/targets/specs/branches.lua", selftest = true},
    {name = "mobile", spec = "tests/targets/specs/mobile.lua", selftest = true},
    {name = "sundries", spec = "tests/targets/specs/sundries.lua"},
    {name = "double", spec = "tests/targets/specs/sundries.lua", options = "--real double --batch 1", digits = 16, slow = true},
    {name = "mnist_inference", spec = "specs/mnist.lua", options = "--inference --batch 1", slow = true},
    {name = "lenet5", spec = "specs/lenet5.lua", options = "--batch 1", slow = true},
    {name = "dscnn", spec = "specs/dscnn_kws.lua", options = "--batch 1 --ram least", slow = true},
    {name = "resnet8", spec = "specs/resnet8.lua", options = "--inference --batch 1 --unroll none", slow = true},
}

-- Two ways to compile. "portable": products and sums are not contracted, floats are floats, loops are as they stand in the file; C
-- leaves no choice there, so every bit must agree (but see `extended` and `fused` in runner.lua). "vector": what the compiler makes of
-- vectors and contraction; sums are then in another order, and rounding differs by some units in the last place of the largest value
-- (13 were seen, with x87's registers).
local modes = {
    {name = "vector", options = "", flags = "-std=gnu99 -O2", tolerance = 32},
    {name = "portable", options = "--target portable", flags = "-std=c99 -Os -ffp-contract=off", tolerance = 0},
}

local function generate(spec, options, model)
    os.execute("mkdir -p " .. model:match("^(.*)/"))
    local _, err, status = tap.run(("%s %s --standalone %s -o %s.c"):format(cnngen, spec, options, model))
    return status == 0, err
end

local function named(list, name)
    return ("," .. list .. ","):find("," .. name .. ",", 1, true) ~= nil
end

-- The second form ------------------------------------------------------------------------------------------------------------

local function hash_arguments(arguments)
    local o = {spec = table.remove(arguments, 1), cflags = "-std=c99 -O2", steps = "100"}
    local rest = {}
    for _, a in ipairs(arguments) do
        local key, value = a:match("^%-%-(%l+)=(.*)$")
        if key == "steps" or key == "cflags" or key == "targets" then
            o[key] = value
        else
            rest[#rest + 1] = a
        end
    end
    o.options = table.concat(rest, " ")
    return o
end

local function hash(o)
    local model = ("%s/hash/%s"):format(build, o.spec:match("([^/]+)%.lua$"))
    local good, err = generate(o.spec, o.options, model)
    if not good then
        io.stderr:write(err)
        os.exit(1)
    end
    local jobs = {}
    for _, target in ipairs(targets.all()) do
        if o.targets and not named(o.targets, target.name) then
            goto continue
        elseif target.extended and not o.targets then
            print(("%-16s left out: its floats have more bits"):format(target.name))
        elseif target.missing then
            print(("%-16s skipped: %s"):format(target.name, target.missing))
        else
            jobs[#jobs + 1] = targets.job(target, ("%s/hash/%s/hash"):format(build, target.name), model,
                {flags = o.cflags .. " " .. (target.float_flags or ""), steps = tonumber(o.steps)})
        end
        ::continue::
    end
    targets.run(jobs, build .. "/hash", 600)
    local seen, kinds, failed = {}, 0, 0
    for _, job in ipairs(jobs) do
        local words, problem = {}, targets.problem(job)
        for _, section in ipairs(job.sections) do
            words[#words + 1] = section.name .. " " .. section.hash
        end
        local line = problem or table.concat(words, "  ")
        print(("%-16s %s"):format(job.target.name, line))
        failed = failed + (problem and 1 or 0)
        kinds = kinds + (seen[line] and 0 or 1)
        seen[line] = true
    end
    print(("# hash: %d targets, %d failed, %d different"):format(#jobs, failed, kinds))
    os.exit(#jobs > 0 and failed == 0 and kinds == 1)
end

if arg[3] == "--hash" then
    hash(hash_arguments(table.move(arg, 4, #arg, 1, {})))
end

-- The first form -------------------------------------------------------------------------------------------------------------

local function reals(section, digits)
    local text, list = table.concat(section.bits), {}
    for at = 1, #text, digits do
        local bits = tonumber(text:sub(at, at + digits - 1), 16)
        list[#list + 1] = digits == 8 and string.unpack("<f", string.pack("<I4", bits)) or string.unpack("<d", string.pack("<i8", bits))
    end
    return list
end

-- The largest difference, in units of the last place of the largest value, and where it is.
local function distance(got, expected, digits)
    if got.hash == expected.hash and got.count == expected.count then
        return 0, 0
    end
    local a, b = reals(got, digits), reals(expected, digits)
    if #a ~= expected.count or #a ~= #b then
        return math.huge, 0
    end
    local far, largest, at = 0, 0, 0
    for i = 1, #a do
        local d = math.abs(a[i] - b[i])
        if not (d <= far) then
            far, at = d == d and d or math.huge, i
        end
        largest = math.max(largest, math.abs(b[i]))
    end
    return far == 0 and 0 or far / (largest * (digits == 8 and 2.0 ^ -23 or 2.0 ^ -52)), at
end

local farthest = 0

-- What is wrong with a job beside the same one on this machine, or nil. Initial weights are the same bits everywhere.
local function difference(job, host)
    local tolerance = (job.target.extended or job.target.fused) and modes[1].tolerance or job.mode.tolerance
    if #job.sections ~= #host.sections then
        return ("%d sections, not %d"):format(#job.sections, #host.sections)
    end
    for k, section in ipairs(job.sections) do
        local far, at = distance(section, host.sections[k], job.network.digits or 8)
        if section.name ~= host.sections[k].name or far > (section.name == "init" and 0 or tolerance) then
            return ("%s: value %d differs by %.1f units in the last place of the largest, %d are allowed"):format(section.name, at, far, tolerance)
        end
        farthest = math.max(farthest, far)
    end
end

-- The jobs of one target; host gets everything that another one needs.
local chosen, everything = {}, false
for k = 3, #arg do
    everything = everything or arg[k] == "all"
    chosen[#chosen + 1] = arg[k] ~= "all" and arg[k] or nil
end
local list = targets.all()
local jobs, skipped, hosts = {}, {}, {}

local function model_of(network, mode)
    local model = ("%s/%s_%s/%s"):format(build, network.name, mode.name, network.name)
    local key = network.name .. mode.name
    if not hosts[key] then
        local check = network.selftest and (" --selftest %s_check.c"):format(model) or ""
        local good, err = generate(network.spec, ("%s %s%s"):format(network.options or "", mode.options, check), model)
        tap.report(good, ("%s (%s): written"):format(network.name, mode.name), err)
        hosts[key] = targets.job(targets.load("host"), ("%s/host/%s_%s"):format(build, network.name, mode.name), model,
            {flags = mode.flags, values = true, selftest = network.selftest and model .. "_check.c"})
        table.insert(jobs, 1, hosts[key])
    end
    return model, hosts[key]
end

-- Of the quick networks: vectors where there are any, and shapes without; elsewhere one mode each.
local function due(target, t, n, m)
    if target.vectors then
        return m == 1 or n == 1
    end
    return m % 2 == (t + n) % 2
end

-- -O2 takes twice the time of -Os to compile: for vectors, or with "all".
local function level(target)
    return target.optimize or (everything or target.vectors) and "-O2" or "-Os"
end

for t, target in ipairs(list) do
    for n, network in ipairs(networks) do
        for m, mode in ipairs(modes) do
            local wanted = target.name ~= "host" and (#chosen == 0 or named(table.concat(chosen, ","), target.name)) and
                (everything or not network.slow and due(target, t, n, m))
            if wanted and target.missing then
                skipped[#skipped + 1] = {target = target, network = network, mode = mode}
            elseif wanted then
                local model, host = model_of(network, mode)
                local job = targets.job(target, ("%s/%s/%s_%s"):format(build, target.name, network.name, mode.name), model,
                    {flags = ("%s %s"):format((mode.flags:gsub("%-O2", level(target))), mode.tolerance == 0 and target.float_flags or ""), values = true,
                     selftest = network.selftest and model .. "_check.c"})
                job.network, job.mode, job.host = network, mode, host
                jobs[#jobs + 1] = job
            end
        end
    end
end

local started = os.time()
local spent = targets.run(jobs, build, everything and 900 or 300)
local matrix = {} -- [target][network] = {passed, failed, skipped}
local function count(job, index)
    local row = matrix[job.target.name] or {}
    matrix[job.target.name] = row
    row[job.network.name] = row[job.network.name] or {0, 0, 0}
    row[job.network.name][index] = row[job.network.name][index] + 1
end
for _, job in ipairs(jobs) do
    local problem = targets.problem(job)
    if job.network then
        problem = problem or targets.problem(job.host) and "this machine has no result" or difference(job, job.host)
        tap.report(not problem, ("%s: %s (%s)"):format(job.target.name, job.network.name, job.mode.name), problem)
        count(job, problem and 2 or 1)
    else
        tap.report(not problem, job.folder:match("[^/]+/[^/]+$"), problem)
    end
end
for _, job in ipairs(skipped) do
    print(("ok - %s: %s (%s) # SKIP %s"):format(job.target.name, job.network.name, job.mode.name, job.target.missing))
    count(job, 3)
end

-- gcc has no arithmetic of NEON's floats on 32-bit ARM (no denormals), so vectors there are only more code.
local armv7 = targets.load("armv7")
if not armv7.missing then
    local model = model_of(networks[1], modes[1])
    local text, err = tap.run(("%s %s -O2 -S -o - %s.c"):format(armv7.compiler, armv7.flags, model))
    tap.report(#text > 0 and not text:find("vmov.32", 1, true), "armv7: no lanes are taken out of vectors", err)
end

-- Every cell: passed/failed/skipped.
local header = {("# matrix %-17s"):format("")}
for _, network in ipairs(networks) do
    header[#header + 1] = (everything or not network.slow) and ("%9s"):format(network.name) or nil
end
print(table.concat(header, " "))
for _, target in ipairs(list) do
    local row = matrix[target.name]
    if row then
        local cells = {("# matrix %-17s"):format(target.name)}
        for _, network in ipairs(networks) do
            local cell = row[network.name]
            cells[#cells + 1] = cell and ("%" .. math.max(9, #network.name) .. "s"):format(table.concat(cell, "/")) or nil
        end
        print(table.concat(cells, " "))
    end
end
print(("# matrix: passed/failed/skipped; largest difference %.1f units in the last place; %d s, %.0f s of processor time"):format(
    farthest, os.time() - started, spent))
tap.finish()
