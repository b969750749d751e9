-- golden.lua - what the compiler says, compared letter by letter.
--
-- tests/golden/x.lua is a spec; x.err is what `cnngen check x.lua` must write to standard error, x.graph and x.plan what --dump must print.
-- Plans are also checked by themselves: buffers that are alive together share no memory.
-- A wrong spec ends with status 1 unless its first lines say "-- status: N"; "-- args: ..." are further arguments.
-- usage: lua5.4 tests/golden.lua CNNGEN [--accept] [filter]
local cnngen, accept, filter = arg[1], arg[2] == "--accept", arg[arg[2] == "--accept" and 3 or 2]
local folder = "tests/golden/"
local failures = 0

local function read(path)
    local file = io.open(path, "rb")
    local text = file and file:read("a")
    if file then
        file:close()
    end
    return text
end

local function run(command)
    local out, err = os.tmpname(), os.tmpname()
    local _, _, status = os.execute(("timeout 20 %s > %s 2> %s"):format(command, out, err))
    local o, e = read(out), read(err)
    os.remove(out)
    os.remove(err)
    return o, e, status
end

local function report(ok, name, reason)
    print((ok and "ok - " or "not ok - ") .. name)
    if not ok then
        failures = failures + 1
        print("# " .. reason:gsub("\n", "\n# "))
    end
end

local function compare(name, path, got)
    if accept then
        local file = assert(io.open(path, "wb"))
        file:write(got)
        file:close()
    end
    local expected = read(path)
    report(expected == got, name, "expected:\n" .. (expected or "nothing: no such file") .. "\ngot:\n" .. got)
end

-- Whether two buffers of a plan that are alive together share memory, but for an output over its input, or one leaves the arena.
local function overlap(plan)
    local buffers, arena, over = {}, 0, {}
    for x, y in plan:gmatch("over its input[%a ]*: (%S+) %-> (%S+)\n") do
        over[x .. " " .. y], over[y .. " " .. x] = true, true
    end
    for line in plan:gmatch("[^\n]+") do
        arena = tonumber(line:match("^%a+: %d+ steps, arena (%d+)")) or arena
        local name, count, size, at, from, to = line:match("^  buffer (%S+): (%d+) x (%d+) floats at (%d+), times (%d+) to (%d+)")
        if line:find("steps, arena", 1, true) then
            buffers = {}
        elseif name then
            local b = {name = name, at = tonumber(at), last = at + count * size, from = tonumber(from), to = tonumber(to)}
            for _, other in ipairs(buffers) do
                if b.from <= other.to and other.from <= b.to and b.at < other.last and other.at < b.last and not over[b.name .. " " .. other.name] then
                    return b.name .. " and " .. other.name .. " overlap"
                end
            end
            if b.last > arena or b.from > b.to then
                return b.name .. " does not fit"
            end
            buffers[#buffers + 1] = b
        end
    end
end

local list = assert(io.popen("ls " .. folder))
local names, expectations = {}, {}
for file in list:lines() do
    local name, ending = file:match("^(.*)%.(%a+)$")
    if ending == "lua" then
        names[#names + 1] = name
    else
        expectations[name] = expectations[name] or {}
        expectations[name][ending] = true
    end
end
list:close()

for _, name in ipairs(names) do
    local spec = folder .. name .. ".lua"
    local text = read(spec)
    local has = expectations[name] or {}
    expectations[name] = nil
    if not filter or name:find(filter, 1, true) then
        local arguments = text:match("^%-%- args: ([^\n]*)") or ""
        if has.graph or has.plan then
            for _, stage in ipairs {"graph", "plan"} do
                if has[stage] then
                    local out, err, status = run(("%s check --dump=%s %s %s"):format(cnngen, stage, spec, arguments))
                    compare(name .. "." .. stage, folder .. name .. "." .. stage, out)
                    report(status == 0, name .. " is right", err)
                    local shared = stage == "plan" and overlap(out)
                    report(not shared, name .. "." .. stage .. " shares no live memory", shared or "")
                end
            end
        else
            local _, err, status = run(("%s check %s %s"):format(cnngen, spec, arguments))
            local wanted = tonumber(text:match("%-%- status: (%d+)") or 1)
            compare(name, folder .. name .. ".err", err)
            report(status == wanted, name .. " ends with " .. wanted, "status " .. tostring(status))
        end
    end
end
for name in pairs(expectations) do
    report(false, name, "an expectation without a spec")
end
os.exit(failures == 0)
