-- targets.lua - generated code where it is to run: bare-metal Cortex-M, Linux on other processors, WebAssembly.
--
-- usage: lua5.4 tests/targets.lua CNNGEN BUILD_DIR [all | TARGET...]
--        lua5.4 tests/targets.lua CNNGEN BUILD_DIR --hash SPEC [--steps=N] [--cflags=FLAGS] [--targets=A,B] OPTIONS OF CNNGEN...
-- The second form prints the hashes of what every target computes from SPEC: initial weights, outputs, gradients, losses and weights
-- after N steps (default 100); its exit status is 0 when all of them agree on all targets that could run (and at least one could).
-- FLAGS are for the generated code, by default -std=c99 -O2; i386_x87, whose floats have more bits, only runs when it is named.
local tap = dofile("tests/tap.lua")
local targets = dofile("tests/targets/support/runner.lua")
local cnngen, build = arg[1], arg[2]

local function generate(spec, options, out)
    local folder = out:match("^(.*)/")
    os.execute("mkdir -p " .. folder)
    local _, err, status = tap.run(("%s %s --standalone %s -o %s.c"):format(cnngen, spec, options, out))
    return status == 0, err
end

local function hash(arguments)
    local spec, options, cflags, steps, only = nil, {}, "-std=c99 -O2", 100, nil
    for _, a in ipairs(arguments) do
        steps = tonumber(a:match("^%-%-steps=(%d+)$")) or steps
        cflags = a:match("^%-%-cflags=(.*)$") or cflags
        only = a:match("^%-%-targets=(.*)$") or only
        if not spec then
            spec = a
        elseif not a:find("^%-%-steps=") and not a:find("^%-%-cflags=") and not a:find("^%-%-targets=") then
            options[#options + 1] = a
        end
    end
    local model = ("%s/hash/%s"):format(build, spec:match("([^/]+)%.lua$"))
    local good, err = generate(spec, table.concat(options, " "), model)
    if not good then
        io.stderr:write(err)
        os.exit(1)
    end
    local jobs = {}
    for _, target in ipairs(targets.all()) do
        local named = only and ("," .. only .. ","):find("," .. target.name .. ",", 1, true)
        if only and not named then
            -- not asked for
        elseif target.extended and not named then
            print(("%-12s left out: its floats have more bits"):format(target.name))
        elseif target.missing then
            print(("%-12s skipped: %s"):format(target.name, target.missing))
        else
            jobs[#jobs + 1] = targets.job(target, ("%s/hash/%s"):format(build, target.name), model, {flags = cflags .. " " .. (target.float_flags or ""), defines = ("-DSTEPS=%d -DVALUES=0"):format(steps)})
        end
    end
    targets.run(jobs, 600)
    local seen, kinds, failed = {}, 0, 0
    for _, job in ipairs(jobs) do
        local words, problem = {}, targets.problem(job)
        for _, section in ipairs(job.sections) do
            words[#words + 1] = section.name .. " " .. section.hash
        end
        local line = problem or table.concat(words, "  ")
        print(("%-12s %s"):format(job.target.name, line))
        failed = failed + (problem and 1 or 0)
        kinds = kinds + (seen[line] and 0 or 1)
        seen[line] = true
    end
    print(("# hash: %d targets, %d failed, %d different"):format(#jobs, failed, kinds))
    os.exit(#jobs > 0 and failed == 0 and kinds == 1)
end

if arg[3] == "--hash" then
    hash(table.move(arg, 4, #arg, 1, {}))
end

-- What is generated: networks, and how they are compiled. Two of the language's dialects, since contraction of products and sums (FMA)
-- and the precision of expressions depend on it.
local networks = {
    {name = "shapes", spec = "specs/shapes.lua", options = "--batch 4"},
    {name = "mnist", spec = "tests/targets/specs/mnist_quarter.lua"},
    {name = "branches", spec = "tests/targets/specs/branches.lua"},
    {name = "mobile", spec = "tests/targets/specs/mobile.lua"},
    {name = "sundries", spec = "tests/targets/specs/sundries.lua"},
}
local modes = {
    {name = "vector", options = "", flags = "-std=gnu99 -O2"},
    {name = "portable", options = "--target portable", flags = "-std=c99 -Os"},
}

local function reals(bits)
    local text = table.concat(bits)
    local list = {}
    for at = 1, #text, 8 do
        list[#list + 1] = string.unpack("<f", string.pack("<I4", tonumber(text:sub(at, at + 7), 16)))
    end
    return list
end

-- The largest difference, in units of the last place of the largest value.
local function distance(got, expected)
    local a, b = reals(got.bits), reals(expected.bits)
    if #a ~= got.count or #a ~= #b then
        return math.huge
    end
    local far, largest = 0, 0
    for i = 1, #a do
        local d = math.abs(a[i] - b[i])
        far, largest = (d == d and math.max(far, d) or math.huge), math.max(largest, math.abs(b[i]))
    end
    return far == 0 and 0 or far / (largest * 2 ^ -23)
end
local list, jobs = targets.all(), {}
local host
for _, target in ipairs(list) do
  if not target.missing then
    for _, network in ipairs(networks) do for _, mode in ipairs(modes) do
        local model = ("%s/%s_%s/%s"):format(build, network.name, mode.name, network.name)
        if not network[mode.name] then
            print(generate(network.spec, (network.options or "") .. " " .. mode.options, model))
            network[mode.name] = true
        end
        local job = targets.job(target, ("%s/%s/%s_%s"):format(build, target.name, network.name, mode.name), model, mode)
        job.key = network.name .. "_" .. mode.name
        jobs[#jobs + 1] = job
    end end
  end
end
targets.run(jobs)
local byhost = {}
for _, job in ipairs(jobs) do if job.target.name == "host" then byhost[job.key] = job end end
for _, job in ipairs(jobs) do
    local problem = targets.problem(job)
    local words = {}
    if not problem then for _, s in ipairs(job.sections) do words[#words+1] = s.name .. " " .. ("%.1f"):format(distance(s, byhost[job.key].sections[s.name])) end end
    print(job.target.name, job.key, problem or table.concat(words, " "))
end
