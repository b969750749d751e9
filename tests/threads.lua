-- threads.lua - a batch split over threads: right numbers for every count of samples, and the same bits always.
--
-- Each network is generated for one thread in double, which is the reference, and for several threads; threads.c writes down what they
-- compute. An OpenMP build must agree with itself from run to run and with the build without OpenMP to the bit, whatever the runtime
-- does with its threads, and with the reference to rounding.
-- usage: lua5.4 tests/threads.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
os.execute(("rm -rf %s && mkdir -p %s"):format(build, build))

local convolutions = "conv2d { 8, kernel = 3, activation = 'relu' }, maxpool2d { 2 }, conv2d { 6, kernel = 2, padding = 'same', activation = 'tanh' }, flatten {}, dense { 12, activation = 'relu' }, dense { 5, activation = 'softmax' }"
local networks = {
    {name = "image", batch = 7, text = "input = '10x10x1', optimizer = adam {}, " .. convolutions},
    {name = "dropped", batch = 5, dropout = true, text = "input = '4x4x2', optimizer = momentum { clip_norm = 0.05, lr = 0.1 }, conv2d { 4, kernel = 2, activation = 'relu' }, dropout { 0.5 }, prelu {}, spatial_dropout2d { 0.25 }, layer_norm {}, flatten {}, dense { 9, activation = 'tanh' }, dropout { 0.25 }, dense { 2 }"},
    {name = "flat", batch = 19, text = "input = '21', optimizer = rmsprop {}, dense { 10, activation = 'relu' }, dense { 3 }"},
    {name = "winograd", batch = 3, text = "input = '14x14x1', conv2d { 32, kernel = 3, activation = 'relu' }, maxpool2d { 2 }, conv2d { 32, kernel = 3, padding = 'same', activation = 'relu' }, maxpool2d { 2 }, flatten {}, dense { 16, activation = 'relu' }, dense { 2 }"},
    {name = "wide", batch = 5, text = "input = '6x6x1', conv2d { 5, kernel = 3, stride = 2, padding = 'same', activation = 'relu' }, conv2d_transpose { 18, kernel = 4, stride = 2, padding = 1, activation = 'relu' }, cropping2d { 1 }, upsample2d { 2, interpolation = 'bilinear' }, conv2d_transpose { 1, kernel = 4, stride = 2, padding = 1, activation = 'sigmoid' }"},
    {name = "frozen", batch = 4, text = "input = '6x6x1', conv2d { 4, kernel = 3, padding = 'same', activation = 'relu', trainable = false }, conv2d { 3, kernel = 3, activation = 'gelu' }, conv2d { 3, kernel = 1, activation = 'softmax' }"},
}
local counts = {2, 3, 8}
local strict = "-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
local builds = { -- all of one kind of code generation are compared to the bit
    {name = "openmp", flags = "-O2 -march=native -fopenmp"},
    {name = "serial", flags = "-O2 -march=native"},
    {name = "sanitized", flags = strict .. " -O0 -fopenmp -fsanitize=address,undefined -fno-sanitize-recover=all", threads = 3},
    {name = "loops", flags = strict .. " -O0", options = "--unroll none", threads = 2},
    {name = "unrolled", flags = strict .. " -O0 -fopenmp", options = "--unroll full --target portable", threads = 3, only = "dropped"},
    {name = "double", flags = strict .. " -O1 -fopenmp", options = "--real double", threads = 8},
}

-- One program of the makefile: the network of `net` for `threads` threads.
local rules, names = {}, {}
local function program(net, what, threads, b)
    local folder = ("%s/%s_%s_%d"):format(build, net.name, what, threads)
    os.execute("mkdir -p " .. folder)
    local spec = tap.write(("%s/%s.lua"):format(folder, net.name), ("return model { batch = %d, %s }\n"):format(net.batch, net.text))
    local _, err, status = tap.run(("%s %s --standalone --threads %d %s -o %s/%s.c"):format(cnngen, spec, threads, b.options or "", folder, net.name))
    if status ~= 0 then
        tap.report(false, folder, err)
        return folder
    end
    names[#names + 1] = folder .. "/done"
    rules[#rules + 1] = ("%s/done:\n\t@(cc %s -I%s -DNETWORK=%s -DUPPER=%s -DHEADER='\"%s.h\"' %s -o %s/run tests/threads.c %s/%s.c && %s/run %s/out) > %s/log 2>&1 || echo failed >> %s/log\n"):format(
        folder, b.flags, folder, net.name, net.name:upper(), net.name, net.dropout and "-DDROPOUT" or "", folder, folder, net.name, folder, folder, folder, folder)
    return folder
end

-- All programs first, so that two compilers run side by side.
for _, net in ipairs(networks) do
    net.reference = program(net, "reference", 1, {flags = strict .. " -O0", options = "--real double"})
    net.programs = {}
    for _, b in ipairs(builds) do
        for _, threads in ipairs(b.threads and {b.threads} or counts) do
            if not b.only or b.only == net.name then
                net.programs[#net.programs + 1] = {build = b, threads = threads, folder = program(net, b.name, threads, b)}
            end
        end
    end
end
tap.write(build .. "/Makefile", "all: " .. table.concat(names, " ") .. "\n" .. table.concat(rules))
os.execute(("OMP_NUM_THREADS=64 make -s -j2 -f %s/Makefile all"):format(build))

local function reals(path)
    local data, list = tap.read(path) or "", {}
    for at = 1, #data - 7, 8 do
        list[#list + 1] = string.unpack("<d", data, at)
    end
    return list
end

for _, net in ipairs(networks) do
    local expected, bits = reals(net.reference .. "/out"), {}
    tap.report(#expected > 0, net.name .. ": one thread", tap.read(net.reference .. "/log"))
    for _, p in ipairs(net.programs) do
        local title = ("%s: %d threads (%s)"):format(net.name, p.threads, p.build.name)
        local same, difference = tap.same(reals(p.folder .. "/out"), expected, p.build.name == "double" and 1e-10 or 2e-4)
        tap.report(same, title, tostring(difference) .. "\n" .. (tap.read(p.folder .. "/log") or ""):sub(-2000))
        bits[p.build.name .. p.threads] = tap.read(p.folder .. "/out")
    end
    for _, threads in ipairs(counts) do
        local first = bits["openmp" .. threads]
        tap.report(first == bits["serial" .. threads], ("%s: %d threads, the same bits without OpenMP"):format(net.name, threads), "they differ")
        local folder = ("%s/%s_openmp_%d"):format(build, net.name, threads)
        for _, setting in ipairs {"OMP_WAIT_POLICY=active", "OMP_WAIT_POLICY=passive OMP_DYNAMIC=true", "OMP_THREAD_LIMIT=2"} do
            tap.run(("%s %s/run %s/again"):format(setting, folder, folder))
            tap.report(first == tap.read(folder .. "/again"), ("%s: %d threads, the same bits under %s"):format(net.name, threads, setting), "they differ")
        end
    end
end

-- What is written: one thread is no thread, a thread has at least one sample, sizes are told the same everywhere.
local function written(options, name)
    local out, err, status = tap.run(("%s specs/shapes.lua %s -o %s/%s.c"):format(cnngen, options, build, name))
    return (tap.read(("%s/%s.c"):format(build, name)) or ""):gsub(name .. "%.h", "x.h"), tap.read(("%s/%s.h"):format(build, name)), err, status
end
local source, header = written("", "a")
local source1, header1 = written("--threads 1", "b")
tap.report(source == source1 and header == header1, "--threads 1 changes nothing", "it does")
source = written("--batch 1", "a")
local single, _, warning, status = written("--batch 1 --threads 4", "b")
tap.report(source == single and status == 0 and warning:find("a batch of 1", 1, true), "a batch of one sample has one thread", warning)
_, header = written("--threads 4", "a")
local bytes = header:match("SHAPES_TAPE_BYTES (%d+)")
local json = tap.run(cnngen .. " summary --json --threads 4 specs/shapes.lua")
tap.report(json:find('"tape_bytes": ' .. bytes, 1, true) and json:find('"threads": 4', 1, true) and json:find('"batch": 32', 1, true),
           "summary --json tells the threads and their memory", json)
local table_text = tap.run(cnngen .. " summary --threads 4 specs/shapes.lua"):gsub("(%d),(%d)", "%1%2")
tap.report(table_text:find(bytes .. " bytes for a batch of 32", 1, true) and table_text:find("4 (samples of each: at most 8)", 1, true),
           "summary tells the threads and their memory", table_text)
local _, nothing = tap.run(cnngen .. " check --threads 2 specs/filters.lua")
tap.report(nothing:find("nothing to train", 1, true), "threads for a network without training are a warning", nothing)

-- Compilers without OpenMP take the same file without a word.
for _, compiler in ipairs {"gcc", "clang"} do
    local _, err, s = tap.run(("%s %s -O1 -c -o %s/%s.o -Iruntime %s/a.c"):format(compiler, strict, build, compiler, build))
    tap.report(s == 0, compiler .. " without OpenMP", err)
end

-- The command train: the same weights twice; a compiler that refuses -fopenmp is told apart.
local train = "%s %s train specs/shapes.lua --data shapes --epochs 1 --quiet --threads 2 -o %s/%s.safetensors"
for _, name in ipairs {"first", "second"} do
    local _, err, s = tap.run(train:format("", cnngen, build, name))
    tap.report(s == 0, "train with two threads, " .. name, err)
end
tap.report(tap.read(build .. "/first.safetensors") == tap.read(build .. "/second.safetensors"), "training with threads gives the same weights twice", "they differ")
local _, refused, s = tap.run(train:format("CC=false", cnngen, build, "third"))
tap.report(s == 3 and refused:find("gcc, or clang with libomp", 1, true), "a compiler without OpenMP", refused)
tap.finish()
