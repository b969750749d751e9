-- cli.lua - the command line: usage, statuses, files that are whole or not there, the same bytes every time.
-- usage: lua5.4 tests/cli.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
os.execute("rm -rf " .. build .. " && mkdir -p " .. build)

local function expect(name, arguments, status, text, stream)
    local out, err, s = tap.run(cnngen .. " " .. arguments)
    local where = stream == "out" and out or err
    tap.report(s == status and (not text or where:find(text, 1, true)), name, "status " .. tostring(s) .. "\n" .. out .. err)
    return out, err
end

local help = expect("--help", "--help", 0, "usage: cnngen", "out")
local lines, widest = 0, 0
for line in help:gmatch("[^\n]*\n") do
    lines, widest = lines + 1, math.max(widest, #line)
end
tap.report(lines <= 48 and widest <= 100, "--help fits a screen", lines .. " lines, " .. widest .. " columns")
expect("--version", "--version", 0, "cnngen 0.", "out")

for arguments, text in pairs {
    [""] = "no spec given", ["specs/shapes.lua"] = "-o OUT.c is missing", ["specs/shapes.lua -o x.txt"] = "must name a .c file",
    ["specs/shapes.lua specs/mnist.lua -o x.c"] = "one spec at a time", ["check"] = "no spec given",
    ["check --weights w specs/shapes.lua"] = "does not go with this command", ["check --frobnicate specs/shapes.lua"] = "unknown option",
    ["specs/shapes.lua -o"] = "needs a value", ["specs/shapes.lua --unroll fulll -o x.c"] = "did you mean 'full'",
    ["specs/shapes.lua --target arm -o x.c"] = "knows no 'arm'", ["specs/shapes.lua --batch 0 -o x.c"] = "--batch must be",
    ["specs/shapes.lua -D width -o x.c"] = "KEY=VALUE", ["train specs/shapes.lua --data shapes"] = "train needs --data and -o",
    ["eval specs/shapes.lua --data shapes"] = "eval needs", ["run specs/shapes.lua"] = "run needs",
    ["show specs/shapes.lua"] = "show needs", ["train specs/shapes.lua --data shapes -o w --epochs many"] = "--epochs must be",
    ["check specs/shapes.lua --max-ram lots"] = "--max-ram must be", ["check --dump=tree specs/shapes.lua"] = "knows no 'tree'",
    ["chekc specs/shapes.lua"] = "did you mean 'check'", ["trian specs/shapes.lua --data shapes"] = "did you mean 'train'",
    ["check -vx specs/shapes.lua"] = "unknown option '-v'", ["check --json=yes specs/shapes.lua"] = "--json takes no value",
    ["check --json --dump=graph specs/shapes.lua"] = "do not go together", ["check -D =3 specs/shapes.lua"] = "KEY=VALUE",
    ["import model.onnx"] = "import needs -o", ["summary --inference specs/shapes.lua"] = "--inference does not go",
    ["check -o x.c specs/shapes.lua"] = "-o does not go", ["specs/shapes.lua --max-ram 64K -o x.c"] = "--max-ram does not go",
    ["specs/shapes.lua --ram 12X -o x.c"] = "--ram must be", ["specs/shapes.lua --winograd on -o x.c"] = "knows no 'on'",
    ["check --tiles specs/shapes.lua"] = "--tiles does not go", ["specs/shapes.lua --json -o x.c"] = "--json does not go", ["specs/shapes.lua -o ''"] = "must name a .c file",
    ["specs/shapes.lua -o .c"] = "must name a .c file", ["check --batch 1e3 specs/shapes.lua"] = "--batch must be",
    ["check --batch 99999999999999999999 specs/shapes.lua"] = "--batch must be", ["check specs/shapes.lua --max-ram 99999999999G"] = "--max-ram must be",
    ["train specs/shapes.lua --data shapes -o w --lr 0"] = "--lr must be", ["train specs/shapes.lua --data shapes -o w --lr nan"] = "--lr must be",
    ["train specs/shapes.lua --data shapes -o w --validation 1"] = "--validation must be", ["train specs/shapes.lua --data shapes -o w --seed -1"] = "--seed must be",
    ["train specs/shapes.lua -o w"] = "train needs", ["eval specs/shapes.lua --weights w"] = "eval needs", ["run specs/shapes.lua --data shapes"] = "--data does not go",
    ["specs/shapes.lua --threads 0 -o x.c"] = "--threads must be a whole number from 1 to 64, not '0'",
    ["specs/shapes.lua --threads 65 -o x.c"] = "--threads must be", ["check --threads 2.5 specs/shapes.lua"] = "--threads must be",
    ["summary --threads many specs/shapes.lua"] = "--threads must be", ["eval specs/shapes.lua --threads 2"] = "--threads does not go",
    ["specs/shapes.lua --threads 2 --inference -o x.c"] = "--inference leaves it out", ["run specs/shapes.lua --threads 2"] = "--threads does not go",
    ["eval specs/shapes.lua --epochs 3"] = "--epochs does not go", ["check -D widht=3 specs/shapes.lua"] = "does not ask for it",
} do
    expect("usage: cnngen " .. arguments, arguments, 2, text)
end

expect("a spec that is not there", "check nowhere.lua", 1, "cannot be opened")
expect("a folder for a spec", "check specs", 1, "folder")
expect("a right and a wrong spec", "check specs/shapes.lua tests/golden/layer-unknown.lua", 1, "did you mean 'conv2d'")
expect("limits from the command line", "check specs/mnist.lua --max-params 200K --max-flash 512K", 1, "bytes of flash")
expect("a batch beyond any memory", "check specs/mnist.lua --batch 2000000000", 1, "needs more than 2^40 values")
expect("a header that the runtime has", ("specs/shapes.lua -o %s/cnn.c"):format(build), 2, "second cnn.h")
-- --ram: what fits is taken, what cannot fit is an error with the least that is needed.
local function tape(options)
    local out = expect("summary " .. options, "summary specs/packets.lua " .. options, 0, "training tape", "out")
    return tonumber((out:match("training tape%s+([%d,]+) bytes"):gsub(",", "")))
end
local most, least = tape(""), tape("--ram least")
tap.report(least < most / 10, "--ram least needs a tenth", most .. " and " .. least)
tap.report(tape("--ram 100K") <= 100 * 1024, "--ram 100K keeps to it", tape("--ram 100K"))
tap.report(tape("--ram " .. least) == least and tape("--ram " .. most) == most, "--ram N takes no less than it must", "")
expect("--ram 1K", "specs/packets.lua --ram 1K -o " .. build .. "/packets.c", 1, ("a training step needs at least %d bytes of tape"):format(least))
expect("--ram 20K --inference", "specs/packets.lua --ram 20K --inference -o " .. build .. "/packets.c", 0)
expect("--ram 1K --inference", "specs/packets.lua --ram 1K --inference -o " .. build .. "/packets.c", 1, "bytes of scratch, more than --ram")
expect("recomputed", "summary specs/vgg_small.lua --ram 5M", 0, "multiply-adds a sample, 21 % of forward's", "out")
-- --ram least: one image and little more; not a byte behind it.
for name, bytes in pairs {shapes = 1568, mnist = 21632, dscnn_kws = 33792, mobilenet_v1_025_vww = 147552} do
    local out = expect(name .. " --ram least", ("summary specs/%s.lua --ram least"):format(name), 0, "predict scratch", "out")
    local scratch = tonumber((out:match("predict scratch%s+([%d,]+) bytes"):gsub(",", "")))
    tap.report(scratch == bytes, name .. ": predict needs " .. bytes .. " bytes", scratch)
end
expect("dscnn_kws --ram least -o", ("specs/dscnn_kws.lua --ram least --inference -o %s/least.c"):format(build), 0)
local least_text = tap.read(build .. "/least.c") or ""
local _, over = least_text:gsub("_forward%(const real %*x,[^{]-[, ]real %*y%)", "")
tap.report(over == 2, "dscnn_kws: the functions of four layers each write over their inputs, which are not restrict", over)
local tiles = expect("--tiles", "summary specs/vgg_small.lua --tiles", 0, "conv3            predict  100 100 100 %  F(4x4, 3x3) 1x8, 2 blocks of 8 tiles", "out")
tap.report(tiles:find("where the pool's maximum was: 3 rows x 4 vectors", 1, true), "--tiles tells backward's", tiles)
expect("--tiles --winograd off", "summary specs/vgg_small.lua --tiles --winograd off", 0, "conv3            predict  100 100 100 %  1x7", "out")
expect("limits that hold", "check specs/mnist.lua --max-params 225034 --max-ram 32K --max-macs 3M", 0)
expect("--unroll full refuses what is too large", ("specs/mnist.lua --unroll full -o %s/m.c"):format(build), 1, "at most 40000 a layer")
tap.report(not tap.read(build .. "/m.c"), "a refused network leaves no file", "there is one")
expect("a folder that is not there", ("specs/shapes.lua -o %s/no/where.c"):format(build), 3, "cannot be written")
expect("weights for a training that cannot be saved", ("train specs/shapes.lua --data shapes --epochs 1 -o %s/no/w.safetensors"):format(build), 3)
expect("a data set that is not there", ("train specs/shapes.lua --data nowhere --epochs 1 -o %s/w.safetensors"):format(build), 1, "nowhere")
expect("data that do not fit", ("train specs/packets.lua --data shapes --epochs 1 -o %s/w.safetensors"):format(build), 1, "28x28x1")
expect("a compiler that is not there", ("eval specs/shapes.lua --weights w --data shapes --quiet"):format(), 1)
tap.run(("CC=no-such-compiler %s train specs/shapes.lua --data shapes --epochs 1 -o %s/w.safetensors"):format(cnngen, build))
local _, err, status = tap.run(("CC=no-such-compiler %s train specs/shapes.lua --data shapes --epochs 1 -o %s/w.safetensors"):format(cnngen, build))
tap.report(status == 3 and err:find("no-such-compiler", 1, true), "CC that is not there", status .. err)
expect("a layer that is not there", ("run specs/filters.lua --layer conv7 --input x.npy"):format(), 2, "did you mean 'conv1'")

-- The same bytes from any folder, nothing of the machine in them, and unchanged files left alone.
tap.run(("%s specs/shapes.lua -o %s/a.c && mkdir -p %s/sub"):format(cnngen, build, build))
local first, header = tap.read(build .. "/a.c"), tap.read(build .. "/a.h")
tap.run(("touch -d 2001-01-01 %s/a.c && %s specs/shapes.lua -o %s/a.c"):format(build, cnngen, build))
local stamp = tap.run(("date -r %s/a.c +%%Y"):format(build))
tap.report(stamp == "2001\n", "unchanged output is left untouched", stamp)
local here = tap.run("pwd"):gsub("\n", "")
local program = cnngen:sub(1, 1) == "/" and cnngen or here .. "/" .. cnngen
tap.run(("cd %s/sub && %s %s/specs/shapes.lua -o a.c"):format(build, program, here))
tap.report(tap.read(build .. "/sub/a.c") == first and tap.read(build .. "/sub/a.h") == header, "the same bytes from another folder", "they differ")
tap.report(not (first .. header):find(here, 1, true) and not first:find("/tmp", 1, true), "no path of the machine in the output", "there is one")
tap.run(("mkdir -p '%s/with space' && cp specs/shapes.lua '%s/with space/my net.lua'"):format(build, build))
expect("a path with spaces", ("'%s/with space/my net.lua' -o '%s/with space/out.c'"):format(build, build), 0)
tap.report((tap.read(build .. "/with space/out.h") or ""):find("my_net_predict", 1, true), "a name that becomes an identifier", "no my_net_predict")

-- Files are whole or not there; nothing is left behind.
local function left(folder)
    return (tap.run("ls -A " .. folder))
end
tap.run(("mkdir -p %s/folder.c %s/empty %s/again"):format(build, build, build))
expect("a folder in the place of the output", ("specs/shapes.lua -o %s/folder.c"):format(build), 3, "it is a folder")
tap.report(left(build .. "/folder.c") == "" and not tap.read(build .. "/folder.h"), "a refused output leaves no file", left(build))
expect("a wrong spec", ("tests/golden/layer-unknown.lua -o %s/empty/x.c"):format(build), 1)
tap.report(left(build .. "/empty") == "", "a wrong spec leaves no file", left(build .. "/empty"))
local script = "ulimit -f 8; trap '' XFSZ; exec %s specs/mnist.lua --unroll none --standalone -o %s/empty/x.c"
local _, why, how = tap.run(("sh -c \"%s\""):format(script:format(cnngen, build)))
tap.report(how == 3 and why:find("cannot be written", 1, true) and left(build .. "/empty") == "", "a disk that is full leaves no file",
           tostring(how) .. why .. left(build .. "/empty"))
tap.run(("%s specs/shapes.lua -o %s/again/a.c"):format(cnngen, build))
tap.report(tap.read(build .. "/again/a.c") == first and tap.read(build .. "/again/a.h") == header, "two runs, the same bytes", "they differ")
local _, shut, shutstatus = tap.run(cnngen .. " check specs/mnist.lua >&-")
tap.report(shutstatus == 3, "closed standard output is a refusal", tostring(shutstatus) .. shut)
local piped, _, pipestatus = tap.run(("cat specs/mnist.lua | %s check -"):format(cnngen))
tap.report(pipestatus == 0 and piped:find("225034 parameters", 1, true), "a spec from standard input", piped)
expect("an empty name", "check ''", 1, "cannot be opened")
expect("a budget in the spec", "check tests/golden/right-budget.lua", 0, "10 parameters", "out")
expect("a limit over the spec's budget", "check tests/golden/right-budget.lua --max-params 9", 1, "10 is over the limit of 9")

-- JSON: a reader of the whole grammar; what it returns is compared below.
local function parse_json(text)
    local at = 1
    local value
    local function skip(pattern)
        local from, to = text:find("^%s*" .. pattern, at)
        at = to and to + 1 or at
        return from
    end
    local function list(close, each)
        local n = 0
        while not skip(close) do
            assert(n == 0 or skip(","), "comma expected at " .. at)
            each()
            n = n + 1
        end
    end
    local function string_at()
        local start = assert(text:match('^%s*()"', at), "string expected at " .. at)
        local stop = start + 1
        while text:sub(stop, stop) ~= '"' do
            assert(stop <= #text and text:byte(stop) >= 32, "string not closed at " .. at)
            stop = stop + (text:sub(stop, stop) == "\\" and 2 or 1)
        end
        at = stop + 1
        local inside = text:sub(start + 1, stop - 1)
        assert(utf8.len(inside), "no UTF-8 at " .. start)
        return inside
    end
    function value()
        local result = {}
        if skip("{") then
            list("}", function()
                local key = string_at()
                assert(skip(":"), "colon expected at " .. at)
                result[key] = value()
            end)
            return result
        elseif skip("%[") then
            list("%]", function() result[#result + 1] = value() end)
            return result
        elseif skip("true") then
            return true
        elseif skip("false") then
            return false
        elseif skip("null") then
            return nil
        end
        local number, behind = text:match("^%s*(%-?%d[%d.eE+-]*)()", at)
        if number then
            at = behind
            return assert(tonumber(number))
        end
        return string_at()
    end
    local result = value()
    assert(text:find("^%s*$", at), "more behind the value at " .. at)
    return result
end

-- For programs.
local out = expect("summary --json", "summary --json specs/mnist.lua", 0, '"params": 225034', "out")
tap.report(out:find('"scratch_bytes"', 1, true) and out:find('"params_formula": "kernel.h*kernel.w*in.c*filters + filters"', 1, true), "summary --json has formulas", out)
out = expect("check --json", "check --json tests/golden/rule-contract-example.lua", 1, '"ok": false', "out")
tap.report(out:find('"line": 5', 1, true) and out:find('"column": 13', 1, true) and out:find("output height is 0", 1, true), "check --json has places", out)

for arguments, test in pairs {
    ["summary --json specs/mnist.lua"] = function(j) return j.params == 225034 and j.macs == 2631040 and #j.layers == 7 and j.layers[7].name == "dense2" end,
    ["check --json specs/shapes.lua"] = function(j) return j.ok == true and #j.messages == 0 and j.model.name == "shapes" end,
    ["check --json tests/golden/rule-three-mistakes.lua"] = function(j) return j.ok == false and #j.messages == 4 and not j.model end,
    ["check --json tests/golden/place-behind-broken-utf8.lua"] = function(j) return #j.messages == 2 and j.messages[2].column == 103 end,
    ["check --json tests/golden/spec-raises-escape.lua"] = function(j) return j.messages[1].message == "?[31mred?" end,
    ["check --json nowhere.lua"] = function(j) return j.ok == false and #j.messages == 1 end,
    ["check --json specs/mnist.lua"] = function(j) return j.ok == true and j.messages[1].severity == "warning" end,
} do
    local text = tap.run(cnngen .. " " .. arguments)
    local good, json = pcall(parse_json, text)
    local fine, right = pcall(test, json)
    tap.report(good and fine and right, "parses: " .. arguments, tostring(json) .. tostring(right) .. "\n" .. text)
end

-- An input channels first is that of the commands: data sets are turned, arrays come in its order.
do
    local folder, records, pixels, planes = build .. "/cifar", {}, {}, {}
    os.execute("mkdir -p " .. folder)
    for n = 0, 19 do
        local record = {string.char(n % 10)}
        for i = 0, 3071 do record[#record + 1] = string.char((i * 7 + n * 31 + i // 1024 * 50) % 256) end
        records[#records + 1] = table.concat(record)
    end
    tap.write(folder .. "/data_batch_1.bin", table.concat(records))
    tap.write(folder .. "/test_batch.bin", table.concat(records))
    for i = 0, 3071 do
        planes[i + 1] = records[3]:byte(i + 2) / 255
        pixels[i % 1024 * 3 + i // 1024 + 1] = planes[i + 1]
    end
    tap.write_npy(folder .. "/hwc.npy", {32, 32, 3}, pixels)
    tap.write_npy(folder .. "/chw.npy", {3, 32, 32}, planes)
    local answers = {}
    for _, layout in ipairs {"hwc", "chw"} do
        local spec = tap.write(("%s/%s.lua"):format(folder, layout), ('return model { name = "net", input = "32x32x3", input_layout = "%s", conv2d { 4, kernel = 3, stride = 2, padding = 1, activation = "relu" }, global_avgpool2d {}, dense { 10, activation = "softmax" } }'):format(layout))
        if layout == "hwc" then
            tap.run(("CFLAGS=-O1 %s train %s --data %s --epochs 1 --quiet -o %s/w.safetensors"):format(cnngen, spec, folder, folder))
        end
        local eval = tap.run(("CFLAGS=-O1 %s eval %s --weights %s/w.safetensors --data %s --quiet"):format(cnngen, spec, folder, folder))
        local run = tap.run(("CFLAGS=-O1 %s run %s --weights %s/w.safetensors --input %s/%s.npy --quiet"):format(cnngen, spec, folder, folder, layout))
        answers[#answers + 1] = eval .. run
    end
    tap.report(answers[1] == answers[2] and #answers[1] > 60, "input_layout: eval and run give the same for planes and pixels", table.concat(answers, "\n"))
    local _, e, s = tap.run(("%s run %s/chw.lua --weights %s/w.safetensors --input %s/hwc.npy"):format(cnngen, folder, folder, folder))
    tap.report(s == 1 and e:find("the array is 32x32x3, the network's input is 32x32x3, channels first", 1, true), "input_layout: an array of pixels", e)
end

-- -D reaches the spec; --batch replaces what it says; two models of one -D differ.
expect("-D", "check specs/keras_guide.lua -D pool=average -D window=3", 0, "ok", "out")
expect("--batch", "summary specs/mnist.lua --batch 7", 0, "batch 7", "out")
tap.run(cnngen .. " summary specs/mnist.lua > /dev/full")
local _, full, fullstatus = tap.run(cnngen .. " summary specs/mnist.lua > /dev/full")
tap.report(fullstatus == 3, "a full disk is a refusal of the system", tostring(fullstatus) .. full)
-- What is kept for validation is not trained on: of four equal samples, three of one class, three are left, so that no quarter of them is right.
local equal = tap.write(build .. "/equal.lua", 'return model { input = "2", dense { 2, activation = "softmax" }, batch = 1 }')
tap.write_npy(build .. "/equal_x.npy", {4, 2}, {1, 2, 1, 2, 1, 2, 1, 2})
tap.write_npy(build .. "/equal_y.npy", {4, 2}, {1, 0, 1, 0, 1, 0, 0, 1})
local _, told = tap.run(("%s train %s --data %s/equal_x.npy,%s/equal_y.npy --epochs 1 --lr 1e-30 --validation 0.25 -o %s/equal.safetensors"):format(cnngen, equal, build, build, build))
local right = tonumber(told:match("train ([%d.]+) %%"))
tap.report(right and right * 3 % 100 < 0.02 or right and right * 3 % 100 > 99.98, "--validation 0.25 of four samples leaves three", told)
tap.finish()
