-- tap.lua - what the test programs in Lua share: TAP lines, files, commands, and .npy arrays.
local tap = {failures = 0}

function tap.report(ok, name, reason)
    print((ok and "ok - " or "not ok - ") .. name)
    if not ok then
        tap.failures = tap.failures + 1
        print("# " .. tostring(reason):gsub("\n", "\n# "))
    end
    return ok
end

function tap.read(path)
    local file = io.open(path, "rb")
    local text = file and file:read("a")
    if file then
        file:close()
    end
    return text
end

function tap.write(path, text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
    return path
end

-- Runs a command; returns standard output, standard error and the exit status.
function tap.run(command)
    local out, err = os.tmpname(), os.tmpname()
    local _, _, status = os.execute(("{ %s ; } > %s 2> %s"):format(command, out, err))
    local o, e = tap.read(out), tap.read(err)
    os.remove(out)
    os.remove(err)
    return o, e, status
end

-- A list of numbers as a float32 array of the given shape.
function tap.write_npy(path, shape, values)
    local text = ("{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }"):format(table.concat(shape, ", "))
    text = text .. (" "):rep(-(10 + #text + 1) % 64) .. "\n"
    local parts = {"\x93NUMPY\x01\x00", string.pack("<I2", #text), text}
    for i = 1, #values do
        parts[#parts + 1] = string.pack("<f", values[i])
    end
    return tap.write(path, table.concat(parts))
end

function tap.read_npy(path)
    local data = assert(tap.read(path), path)
    local size = string.unpack("<I2", data, 9)
    assert(data:sub(11, 10 + size):find("'<f4'", 1, true), "not float32")
    local values = {}
    for at = 11 + size, #data, 4 do
        values[#values + 1] = string.unpack("<f", data, at)
    end
    return values, data:sub(11, 10 + size):match("'shape': %((.-)%)")
end

-- Numbers equal to a tolerance; the first difference otherwise.
function tap.same(got, expected, tolerance)
    if #got ~= #expected then
        return false, #got .. " values, not " .. #expected
    end
    for i = 1, #got do
        if not (math.abs(got[i] - expected[i]) <= tolerance) then
            return false, ("value %d is %.9g, not %.9g"):format(i, got[i], expected[i])
        end
    end
    return true
end

function tap.finish()
    os.exit(tap.failures == 0)
end

return tap
