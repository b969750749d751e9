-- networks.lua - random networks, generated in many ways, must all compute the same.
--
-- Every network is built once as plain loops in double (the truth: compared with tests/reference.lua, its gradient with differences along
-- random directions, its steps with the reference's optimizers), and then in other ways that are compared with it: the register tiles,
-- portable C, no loops, least memory, threads, inference, vectors of every width. tcc compiles most of them, in some milliseconds. Doubles
-- agree to 1e-8, floats less closely; where a float build is far off, the same network in float and plain loops decides whether rounding can
-- do that. A failure is shrunk and printed as a spec, with its seed.
--
-- usage: lua5.4 tests/fuzz/networks.lua BUILD_DIR CNNGEN [first=1] [count=N | seconds=N] [shrink=N] [only=MODE]
local tap = dofile("tests/tap.lua")
local network = dofile("tests/fuzz/network.lua")
local new_random = dofile("tests/fuzz/random.lua")
local shrink = dofile("tests/fuzz/shrink.lua")
local judge = dofile("tests/judge.lua")
local reference = dofile("tests/reference.lua")
local read, write = tap.read, tap.write

local build, cnngen = arg[1], arg[2]
local settings = {first = 1, shrink = 6}
for k = 3, #arg do
    local name, value = arg[k]:match("^(%a+)=(.+)$")
    settings[name or error("usage: networks.lua BUILD CNNGEN [first=N] [count=N] [seconds=N] [shrink=N] [only=MODE]")] = tonumber(value) or value
end
settings.count = settings.count or not settings.seconds and 100 or math.huge

local CHUNK = 48
local REFERENCE_MOST = 40000 -- multiply-adds of a batch that Lua computes in good time

local function exists(program)
    return os.execute("command -v " .. program .. " > /dev/null 2>&1") and true or false
end
local tcc = exists("tcc") and "tcc -w" or "gcc -O0 -w"
local sanitizers = " -fsanitize=address,undefined -fno-sanitize-recover=all"
local vector_cc = {"clang -O0 -w", "clang -O0 -w -march=native", "clang -O0 -w -mavx2", "clang -O0 -w -march=native", "gcc -O0 -w", "clang -O0 -w", "gcc -O1 -w -march=native"}

-- weight: how often among the one or two that each network gets beside "truth".
local truth = {name = "truth", options = "--unroll none", real = "double", cc = tcc}
local modes = {
    {name = "tiles", options = "", real = "double", cc = tcc, weight = 12},
    {name = "portable", options = "--target portable", real = "double", cc = tcc, weight = 6},
    {name = "least", options = "--ram least", real = "double", cc = tcc, weight = 6},
    {name = "portable least", options = "--target portable --ram least", real = "double", cc = tcc, weight = 2},
    {name = "loops least", options = "--unroll none --ram least", real = "double", cc = tcc, weight = 2},
    {name = "winograd off", options = "--winograd off", real = "double", cc = tcc, weight = 1},
    {name = "unrolled", options = "--unroll full", real = "double", cc = tcc, weight = 3, small = true},
    {name = "threads 2", options = "--threads 2", real = "double", cc = tcc, weight = 2},
    {name = "threads 3 least", options = "--threads 3 --ram least", real = "double", cc = tcc, weight = 1},
    {name = "inference", options = "--inference", real = "double", cc = tcc, weight = 3, inference = true},
    {name = "inference least", options = "--inference --ram least", real = "double", cc = tcc, weight = 4, inference = true},
    {name = "inference portable", options = "--inference --target portable", real = "double", cc = tcc, weight = 2, inference = true},
    {name = "float", options = "", real = "float", cc = tcc, weight = 2},
    {name = "float portable", options = "--target portable", real = "float", cc = tcc, weight = 2},
    {name = "float loops", options = "--unroll none", real = "float", cc = tcc, weight = 2},
}
-- Compilers with vectors take a hundred times as long: one network in twenty.
local vector_modes = {
    {name = "vectors", options = "", real = "float", weight = 10},
    {name = "double vectors", options = "", real = "double", weight = 6},
    {name = "vectors least", options = "--ram least", real = "double", weight = 5},
    {name = "vectors inference", options = "--inference --ram least", real = "float", weight = 3, inference = true},
    {name = "sanitized", options = "", real = "float", cc = "clang -O0 -w -march=native" .. sanitizers, weight = 1},
    {name = "sanitized least", options = "--ram least", real = "double", cc = "clang -O0 -w" .. sanitizers, weight = 1},
    {name = "sanitized portable", options = "--target portable", real = "float", cc = "clang -O0 -w" .. sanitizers, weight = 1},
}
local float_loops = {name = "float loops", options = "--unroll none", real = "float", cc = tcc}

local count = {networks = 0, builds = 0, refused = 0, gradients = 0, reference = 0, rounding = 0, failures = 0, not_finite = 0}
local worst_gradient = 0

local function choose(list, r)
    local weights = {}
    for _, mode in ipairs(list) do
        weights[#weights + 1] = {mode, mode.weight}
    end
    return r:weighted(weights)
end

-- The ways in which a network is built, from its seed.
local function modes_of(spec)
    local r, list, taken = new_random(spec.seed + 1000000007), {truth}, {}
    if settings.only then
        for _, all in ipairs {modes, vector_modes} do
            for _, mode in ipairs(all) do
                list[#list + 1] = mode.name == settings.only and mode or nil
            end
        end
        return list
    end
    for _ = 1, r:once_in(3) and 2 or 1 do
        local mode = choose(modes, r)
        if not taken[mode] and not (mode.small and spec.macs > 2500) then
            taken[mode] = true
            list[#list + 1] = mode
        end
    end
    if r:once_in(spec.large and 8 or 20) then
        list[#list + 1] = choose(vector_modes, r)
    end
    return list
end

local function case_of(spec, id)
    local text = network.text(spec)
    return {spec = spec, text = text, id = id, network = reference.load(text), random = true}
end

-- The same case without training.
local function inference_case(case)
    local n = setmetatable({trainable = {}}, {__index = case.network})
    for k = 1, case.network.param_count do
        n.trainable[k] = false
    end
    return {id = case.id, network = n, random = true}
end

local function compiler_of(mode, case)
    return mode.cc or vector_cc[case.spec.seed % #vector_cc + 1]
end

-- Builds programs of networks that share a mode and a compiler, and runs them. jobs: list of {case =, mode =}; each gets result or problem.
local function run_jobs(folder, jobs, data_seed)
    local script, programs, list = {"ulimit -t 60; exec 2> /dev/null; TMPDIR=" .. folder .. "; export TMPDIR\n"}, {}, {}
    os.execute("rm -rf " .. folder .. " && mkdir -p " .. folder)
    for _, job in ipairs(jobs) do
        local cc = compiler_of(job.mode, job.case)
        local key = job.mode.name .. cc
        local p = programs[key]
        if not p then
            p = {folder = folder .. "/" .. #list + 1, jobs = {}, mode = job.mode, cc = cc}
            programs[key], list[#list + 1] = p, p
            os.execute("mkdir -p " .. p.folder)
        end
        p.jobs[#p.jobs + 1] = job
        job.path = p.folder .. "/" .. job.case.id
        write(job.path .. ".lua", "return model { " .. job.case.text .. " }\n")
        script[#script + 1] = ("%s %s.lua %s --real %s --standalone -o %s.c 2> %s.err || echo \"status $?\" >> %s.err\n"):format(
            cnngen, job.path, job.mode.options, job.mode.real, job.path, job.path, job.path)
    end
    write(folder .. "/generate", table.concat(script))
    os.execute("sh " .. folder .. "/generate")
    script = {"ulimit -t 120; TMPDIR=" .. folder .. "; export TMPDIR\n"}
    for _, p in ipairs(list) do
        local group = {}
        for _, job in ipairs(p.jobs) do
            if read(job.path .. ".c") then
                group[#group + 1] = p.mode.inference and inference_case(job.case) or job.case
            else
                job.problem, job.refused = "cnngen: " .. (read(job.path .. ".err") or "not run"), true
            end
        end
        if #group > 0 then
            write(p.folder .. "/models.h", judge.models_h(group, p.mode.real))
            script[#script + 1] = ("(cd %s && %s -DSEED=%d -DDIRECTIONS=%d -I. -o run $OLDPWD/tests/numeric.c m*.c -lm && ./run out) > %s/log 2>&1 || echo failed >> %s/log\n"):format(
                p.folder, p.cc, data_seed or 12345, p.mode == truth and 2 or 0, p.folder, p.folder)
        end
    end
    write(folder .. "/compile", table.concat(script))
    os.execute("sh " .. folder .. "/compile")
    for _, p in ipairs(list) do
        local log, data = read(p.folder .. "/log") or "", read(p.folder .. "/out") or ""
        for _, job in ipairs(p.jobs) do
            local at = log:match("model " .. job.case.id .. " .- at (%d+)\n")
            if not job.problem then
                local ok, result = pcall(judge.parse, data, (tonumber(at) or 0) + 1, p.mode.inference and inference_case(job.case) or job.case)
                job.log, job.result = log, at and ok and result or nil
                if not job.result then
                    job.problem = "no result: " .. log:sub(-1500)
                elseif log:find("not equal " .. job.case.id .. "\n", 1, true) and p.mode.real == "double" then
                    job.problem = "train_step is not forward, backward and update"
                end
            end
        end
    end
end

local function is_finite(result)
    for _, list in ipairs {result.predict, result[1] and result[1].grads or {}, result[1] and result[1].outputs or {}, result[2] and result[2].grads or {}} do
        for _, x in ipairs(list) do
            if x ~= x or math.abs(x) > 1e30 then
                return false
            end
        end
    end
    return true
end

-- The truth of a network against the reference and differences.
local function judge_truth(job)
    local case, r = job.case, job.result
    if case.spec.macs * case.network.batch <= REFERENCE_MOST then
        count.reference = count.reference + 1
        local problem = judge.against_reference(case, r, 1e-9)
        if problem then
            return "against the reference: " .. problem
        end
    end
    if r.trains then
        count.gradients = count.gradients + 1
        local worst = tonumber(job.log:match("gradient " .. case.id .. " %d+ (%S+)"))
        if not worst or not (worst < 1e-5) then
            return "gradient check: relative error " .. tostring(worst) .. (job.log:match("\n(# " .. case.id .. " parameter[^\n]*)") or ""), true
        end
        worst_gradient = math.max(worst_gradient, worst)
    end
end

-- Whether what a build computes is wrong, nil when not. `plain` is that of the same network in float and plain loops.
local function judge_other(job, d, plain)
    if job.mode.inference then
        d = {predict = d.predict}
    end
    if job.mode.real == "double" then
        return judge.against_double(job.result, d, 1e-8, 1e-7)
    end
    local far = judge.against_double(job.result, d, 1e-3, 3e-3)
    if far and plain then
        local tolerance = 1e-3
        while tolerance < 1 and judge.against_double(plain, d, tolerance, tolerance) do
            tolerance = tolerance * 2
        end
        if tolerance > 1e-4 and not judge.against_double(job.result, d, 50 * tolerance, 50 * tolerance) or tolerance >= 1 then
            return nil
        end
    end
    return far
end

-- One network alone in one mode; the problem or nil. Kinks and rounding are excluded with other numbers and the plain loops in float.
-- What must stay the same while a network shrinks: that the compiler refuses it, and why, or that it computes something wrong.
local function kind_of(job)
    return job.refused and ((job.problem:match("error: ([^\n]*)") or "died"):gsub("[%d_]+", "")) or "run"
end

local function fails(spec, mode, expected)
    local folder = build .. "/one"
    for _, seed in ipairs {12345, 777, 4711} do
        local ok, case = pcall(case_of, spec, "m1")
        if not ok then
            return nil
        end
        local jobs = {{case = case, mode = truth}}
        if mode ~= truth then
            jobs[2] = {case = case, mode = mode}
        end
        if mode.real == "float" and mode ~= float_loops then
            jobs[3] = {case = case, mode = float_loops}
        end
        run_jobs(folder, jobs, seed)
        local job, problem, kink = jobs[2] or jobs[1], nil, false
        if job.problem then
            problem = job.problem
        elseif mode == truth then
            problem, kink = judge_truth(job)
        elseif not jobs[1].result or not is_finite(jobs[1].result) then
            return nil
        else
            problem, kink = judge_other(job, jobs[1].result, jobs[3] and jobs[3].result), true
        end
        if not problem or kind_of(job) ~= expected then
            return nil
        end
        if not kink then
            return problem
        end
        spec.last_problem = problem
    end
    return spec.last_problem
end

local allowed = {"the padding leaves no output that the kernel reaches", "--unroll full would write"}
local shown = {}

local function report(job)
    local spec, mode = job.case.spec, job.mode
    if job.refused then
        for _, text in ipairs(allowed) do
            if job.problem:find(text, 1, true) then
                count.refused = count.refused + 1
                return
            end
        end
    end
    local problem = fails(spec, mode, kind_of(job))
    if not problem then
        count.rounding = count.rounding + 1
        return
    end
    count.failures = count.failures + 1
    print(("not ok - seed %d, %s (%s)"):format(spec.seed, mode.name, compiler_of(mode, job.case)))
    print("# " .. problem:sub(1, 600):gsub("\n", "\n# "))
    print("# network.text: " .. job.case.text:gsub("\n", "\n#"))
    local kind = mode.name .. problem:gsub("[%d%.%-]+", ""):sub(1, 60)
    if #shown < settings.shrink and not shown[kind] then
        shown[kind], shown[#shown + 1] = true, true
        mode = setmetatable({cc = compiler_of(mode, job.case)}, {__index = mode})
        mode = job.mode == truth and truth or mode
        local least = shrink(spec, function(candidate)
            return fails(candidate, mode, kind_of(job)) ~= nil
        end, mode.cc:find("tcc", 1, true) and 400 or 120)
        print("# shrunk: " .. network.text(least):gsub("\n", ""))
        print("# " .. (fails(least, mode, kind_of(job)) or "?"):sub(1, 300):gsub("\n", "\n# "))
    end
    io.stdout:flush()
end

local function run_chunk(first, last)
    local jobs, truths = {}, {}
    for seed = first, last do
        local case = case_of(network.make(seed), "m" .. seed)
        for _, mode in ipairs(modes_of(case.spec)) do
            jobs[#jobs + 1] = {case = case, mode = mode}
        end
        count.networks = count.networks + 1
    end
    run_jobs(build .. "/chunk", jobs)
    local bad, wrong = {}, {}
    for _, job in ipairs(jobs) do
        count.builds = count.builds + 1
        if job.mode == truth then
            local problem = job.problem
            if job.result and not is_finite(job.result) then
                count.not_finite = count.not_finite + 1
            else
                truths[job.case] = job.result
                job.problem = problem or judge_truth(job)
            end
        elseif not job.problem and truths[job.case] then
            job.problem = judge_other(job, truths[job.case])
        end
        if job.problem and not wrong[job.case] then
            bad[#bad + 1] = job
            wrong[job.case] = job.mode == truth -- one message is enough
        end
    end
    for _, job in ipairs(bad) do
        report(job)
    end
end

-- Processor time of this process and all it started, in seconds.
local function processor_time()
    local text = (read("/proc/self/stat") or ""):match("%) (.*)")
    local n, sum = 0, 0
    for field in (text or ""):gmatch("%S+") do
        n = n + 1
        sum = sum + (n >= 12 and n <= 15 and tonumber(field) or 0)
    end
    return sum / 100
end

local function summary()
    print(("# %d networks (seeds %d to %d), %d builds, %d against the reference, %d gradients (worst %.2g), %d refused, %d only rounding, %d not finite, %d failures, %.0f s of processor time"):format(
        count.networks, settings.first, settings.first + count.networks - 1, count.builds, count.reference, count.gradients, worst_gradient, count.refused, count.rounding,
        count.not_finite, count.failures, processor_time()))
    io.stdout:flush()
end

if build:sub(1, 1) ~= "/" then
    build = io.popen("pwd"):read() .. "/" .. build
end
os.execute("mkdir -p " .. build)
local started, at, told = os.time(), settings.first, 0
while at < settings.first + settings.count and not (settings.seconds and os.time() - started >= settings.seconds) do
    local last = math.min(at + CHUNK - 1, settings.first + settings.count - 1)
    run_chunk(at, last)
    at = last + 1
    if os.time() - told >= 60 then
        told = os.time()
        summary()
    end
end
summary()
if count.failures == 0 then
    print(("ok - %d random networks, every build of each the same"):format(count.networks))
end
os.exit(count.failures == 0)
