-- hostile.lua - specs, files and surroundings that mean harm: one message with a place, a documented status, little time and memory, no
-- file half written, nothing left behind. What golden.lua and cli.lua have is not repeated here.
-- usage: lua5.4 tests/hostile.lua CNNGEN BUILD_DIR [part]
local tap = dofile("tests/tap.lua")
local cnngen, build, only = arg[1], arg[2], arg[3]
os.execute(("chmod -R u+w %s 2>/dev/null; rm -rf %s && mkdir -p %s/tmp"):format(build, build, build))
local here = (tap.run("pwd"):gsub("\n", ""))
if cnngen:sub(1, 1) ~= "/" then
    cnngen = here .. "/" .. cnngen
end
build = build:sub(1, 1) == "/" and build or here .. "/" .. build

-- Seconds of processor time, and kilobytes of memory where the program bears a limit (a sanitizer takes terabytes of addresses).
local SECONDS, KILOBYTES = 15, 1500000
local _, _, bears = tap.run(("ulimit -v %d; %s --version"):format(KILOBYTES, cnngen))
local limits = ("ulimit -t %d; %s TMPDIR=%s/tmp; export TMPDIR; "):format(SECONDS, bears == 0 and "ulimit -v " .. KILOBYTES .. ";" or "", build)

local hostile = {tap = tap, build = build, cnngen = cnngen, here = here}

-- Runs a command line in which @ is cnngen.
function hostile.run(line)
    local out, err, status = tap.run(limits .. "timeout 120 sh -c '" .. line:gsub("@", function() return cnngen end):gsub("'", "'\\''") .. "'")
    return out, err, status
end

-- Errors in a text: the messages, and whether each has a place or names the program.
function hostile.errors(err)
    local count, placed = 0, true
    for line in err:gmatch("[^\n]+") do
        local place = line:match("^(.-): error: ")
        if place and not line:find("^%s") then
            count = count + 1
            placed = placed and #place > 0
        end
    end
    return count, placed
end

-- One message with this text, this status, no more than a screen or two.
function hostile.expect(name, line, status, text)
    local out, err, got = hostile.run(line)
    local count, placed = hostile.errors(err)
    local good = got == status and (status == 0 or count >= 1 and placed) and (not text or err:find(text, 1, true) or out:find(text, 1, true)) and #err < 5000
    tap.report(good, name, ("status %s, %d messages\n%s%s"):format(got, count, out:sub(1, 500), err:sub(1, 1500)))
    return out, err
end

-- Nothing may be left in the folder for temporary files.
function hostile.nothing_left(name)
    local left = tap.run("ls -A " .. build .. "/tmp")
    tap.report(left == "", name .. ": nothing is left behind", left)
    os.execute(("rm -rf %s/tmp && mkdir -p %s/tmp"):format(build, build))
end

function hostile.spec(text, name)
    return tap.write(("%s/%s.lua"):format(build, name or "spec"), text)
end

for _, part in ipairs {"specs", "sizes", "files", "system"} do
    if not only or only == part then
        dofile("tests/hostile/" .. part .. ".lua")(hostile)
    end
end
hostile.nothing_left("at the end")
tap.finish()
