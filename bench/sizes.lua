-- sizes.lua - bytes of code, constants and RAM on a Cortex-M4F, beside onnx2c's for the same networks (gcc 12.2, -Os).
--
-- "object" is all of OUT.c; "used" is what a program that only predicts links of it (--gc-sections): without import and export. RAM is the
-- scratch struct; "stack" the largest frame of a function plus that of predict. Training: the tape and the optimizer's state for batch 1.
-- usage: lua5.4 bench/sizes.lua CNNGEN BUILD_DIR
local cnngen, build = arg[1], arg[2]
local flags = "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -Os -std=c99 -ffp-contract=fast -ffunction-sections -fdata-sections -fstack-usage"
local peers = {shapes = {500, 1648, 12544}, mnist = {1044, 900136, 173056}, dscnn_kws = {1016, 90416, 64000}}
local forms = {"", "--target portable", "--target portable --unroll none"}

local function run(command, ...)
    local pipe = io.popen(command:format(...))
    local text = pipe:read("a")
    return text, pipe:close()
end

if not select(2, run("command -v arm-none-eabi-gcc > /dev/null")) then
    print("ok 1 - sizes on a Cortex-M4F # SKIP no arm-none-eabi-gcc")
    return
end
os.execute(("mkdir -p '%s'"):format(build))

-- Weights that are not zero, so that nothing is left out.
local function write_weights(spec, path)
    local header, data, at = {}, {}, 0
    for name, shape in run("%s check --dump=graph %s 2> /dev/null", cnngen, spec):gmatch("    ([%w_]+%.[%w_]+) ([%dx]+)[^\n]*\n") do
        local count, start = 1, at
        for n in shape:gmatch("%d+") do
            count = count * math.tointeger(n)
        end
        for i = 1, count do
            data[#data + 1] = string.pack("<f", ((at + i) * 7919 % 1009 + 1) / 1009)
        end
        at = at + 4 * count
        header[#header + 1] = ('"%s":{"dtype":"F32","shape":[%s],"data_offsets":[%d,%d]}'):format(name, shape:gsub("x", ","), start, at)
    end
    local text = "{" .. table.concat(header, ",") .. "}"
    local file = assert(io.open(path, "wb"))
    file:write(string.pack("<I8", #text), text, table.concat(data))
    file:close()
end

-- Bytes of all sections of a file whose names start with one of these.
local function section_bytes(path, ...)
    local sum = 0
    for name, size in run("arm-none-eabi-size -A %s", path):gmatch("\n(%.[^%s]+)%s+(%d+)") do
        for _, start in ipairs {...} do
            sum = sum + (name:find(start, 1, true) == 1 and math.tointeger(size) or 0)
        end
    end
    return sum
end

local function stack(path)
    local predict, most = 0, 0
    for line in io.lines(path) do
        local name, bytes = line:match(":([%w_]+)\t(%d+)")
        if name:find("_predict$") then
            predict = math.tointeger(bytes)
        else
            most = math.max(most, math.tointeger(bytes))
        end
    end
    return predict + most
end

local function fail(what)
    print("not ok - " .. what)
    os.exit(1)
end

local layout = "%-10s %-44s %7s %7s %9s %9s %6s"
print(layout:format("network", "", "object", "used", "constants", "RAM", "stack"))
local failed, rows = false, {}
for _, name in ipairs {"shapes", "mnist", "dscnn_kws"} do
    local spec, weights = "specs/" .. name .. ".lua", ("%s/%s.safetensors"):format(build, name)
    local peer = peers[name]
    write_weights(spec, weights)
    print(layout:format(name, "onnx2c", peer[1], "", peer[2], peer[3], ""))
    for _, form in ipairs(forms) do
        local c, o, elf = ("%s/%s.c"):format(build, name), ("%s/%s.o"):format(build, name), ("%s/%s.elf"):format(build, name)
        local options = "--inference --standalone --ram least " .. form
        local made = select(2, run("%s %s --weights %s %s -o %s 2> %s.log && arm-none-eabi-gcc %s -c %s -o %s && arm-none-eabi-gcc %s -nostdlib -Wl,--gc-sections,-e,%s_predict,-u,%s_weights,--unresolved-symbols=ignore-all,--no-warn-rwx-segments %s -o %s",
            cnngen, spec, weights, options, c, c, flags, c, o, flags, name, name, o, elf))
        if not made then
            fail(name .. " " .. options)
        end
        local scratch = math.tointeger(io.open((c:gsub("c$", "h"))):read("a"):match("_SCRATCH_BYTES (%d+)"))
        local used = section_bytes(elf, ".text")
        print(layout:format("", "--ram least " .. form, section_bytes(o, ".text"), used, section_bytes(o, ".rodata"), scratch, stack((o:gsub("o$", "su")))))
        rows[#rows + 1] = {name = name, form = form, used = used, scratch = scratch, peer = peer}
    end
    local plan = run("%s check --dump=plan --batch 1 --ram least %s 2> /dev/null", cnngen, spec)
    print(("%-10s training, batch 1: tape %s bytes, optimizer %s"):format("", plan:match("tape (%d+)"), plan:match("optimizer (%d+)")))
end
local aims = {shapes = 1600, mnist = 32000, dscnn_kws = 34000}
for _, row in ipairs(rows) do
    if row.form:find("none", 1, true) then
        local ok = row.used <= 2 * row.peer[1] and row.scratch <= aims[row.name]
        failed = failed or not ok
        print(("%s - %s: at most twice the code of onnx2c, and %d bytes of RAM"):format(ok and "ok" or "not ok", row.name, aims[row.name]))
    end
end
os.exit(not failed)
