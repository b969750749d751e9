-- selftest.lua - the programs of --selftest: right networks pass with two compilers, broken ones fail.
-- usage: lua5.4 tests/selftest.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
os.execute(("rm -rf %s && mkdir -p %s"):format(build, build))
local strict = "-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
local compilers = {{"gcc", "gcc -O2 -march=native " .. strict}, {"clang", "clang -O1 " .. strict}}

local function spec(name, text)
    return tap.write(("%s/%s.lua"):format(build, name), "return model { " .. text .. " }\n")
end
local blocks = spec("blocks", "input = '9x7x3', batch = 5, optimizer = momentum { lr = 0.02, clip_norm = 1 }, conv2d { 5, kernel = 3, padding = 'same', bias = false }, batch_norm { activation = 'relu' }, residual { conv2d { 5, kernel = 3, padding = 1, activation = 'silu' }, layer_norm {} }, concat { { conv2d { 3, kernel = 1 } }, {} }, prelu {}, maxpool2d { 2 }, flatten {}, dense { 7, activation = 'softmax' }")
local dropped = spec("dropped", "input = '4x4x2', batch = 4, optimizer = rmsprop {}, conv2d { 6, kernel = 2, activation = 'tanh' }, dropout { 0.5 }, flatten {}, dense { 3, activation = 'relu' }, dense { 2 }, loss = 'huber'")
local wide = spec("wide", "input = '6x5x2', batch = 3, loss = 'mae', conv2d_transpose { 5, kernel = 4, stride = 2, padding = 1, activation = 'relu' }, upsample2d { 2, interpolation = 'bilinear' }, conv2d { 4, kernel = 3, padding = 1, trainable = false }, conv2d { 1, kernel = 1, activation = 'sigmoid' }")
local line = spec("line", "input = '40x3', batch = 2, conv1d { 6, kernel = 5, stride = 2, activation = 'gelu' }, maxpool1d { 2 }, flatten {}, dense { 1, activation = 'sigmoid' }")
local pixels = spec("pixels", "input = '8x8x1', batch = 2, conv2d { 6, kernel = 3, padding = 1, activation = 'relu' }, conv2d { 3, kernel = 1, activation = 'softmax' }")
-- Probabilities that are no floats any more: logits of hundreds.
local sure = spec("sure", "input = '40', add { { dense { 40 } }, {}, {}, {}, {}, {}, {}, {}, {}, {} }, " .. ("add { {}, {}, {}, {} }, "):rep(4) .. "dense { 12, activation = 'softmax' }")

-- Weights for --weights: trained a little, so that they are not those of the test itself.
local weights = build .. "/shapes.safetensors"
tap.run(("%s train specs/shapes.lua --data shapes --epochs 1 --quiet -o %s"):format(cnngen, weights))

local function generate(name, text, options)
    local folder = build .. "/" .. name
    os.execute("mkdir -p " .. folder)
    local _, err, status = tap.run(("%s %s --standalone %s -o %s/net.c --selftest %s/check.c"):format(cnngen, text, options, folder, folder))
    tap.report(status == 0, name .. ": written", err)
    return folder
end

local function compile_and_run(folder, compiler, flags, runner)
    local _, err, status = tap.run(("%s %s -o %s/run %s/net.c %s/check.c"):format(compiler, flags or "", folder, folder, folder))
    if status ~= 0 then
        return nil, err
    end
    local out, err2, result = tap.run(("timeout 300 %s %s/run"):format(runner or "", folder))
    return result, out .. err2, out
end

-- Every line of the plan is there, all are "ok", and at most `skips` of them are skipped.
local function passes(result, out, skips)
    local planned, good, skipped = tonumber((out or ""):match("^1%.%.(%d+)\n")), 0, 0
    for text in (out or ""):gmatch("[^\n]+") do
        good = good + (text:find("^ok ") and 1 or 0)
        skipped = skipped + (text:find("# SKIP", 1, true) and 1 or 0)
    end
    return result == 0 and planned and good == planned and skipped <= (skips or 0)
end

local cases = {
    {"shapes", "specs/shapes.lua", "", tests = 13}, {"inference", "specs/shapes.lua", "--inference", tests = 2},
    {"weights", "specs/shapes.lua", "--weights " .. weights, tests = 14},
    {"weights_inference", "specs/shapes.lua", "--inference --target portable --weights " .. weights, tests = 3},
    {"weights_double", "specs/shapes.lua", "--real double --weights " .. weights, tests = 14},
    {"double", blocks, "--real double"}, {"blocks", blocks, ""}, {"blocks_loops", blocks, "--unroll none --batch 1"},
    {"blocks_least", blocks, "--ram least --target portable"}, {"blocks_threads", blocks, "--threads 3"},
    {"dropped", dropped, ""}, {"dropped_threads", dropped, "--threads 2"}, {"unrolled", dropped, "--unroll full --target portable"},
    {"wide", wide, ""}, {"line", line, ""}, {"pixels", pixels, "--batch 9"}, {"filters", "specs/filters.lua", "", tests = 2},
    {"mnist", "specs/mnist.lua", "--inference"}, {"packets", "specs/packets.lua", "--ram least"},
    {"sure", sure, "--inference", tests = 2}, {"lenet5", "specs/lenet5.lua", ""}, {"dscnn_kws", "specs/dscnn_kws.lua", "--batch 2"},
}
for _, case in ipairs(cases) do
    local name, text, options = table.unpack(case)
    local folder = generate(name, text, options)
    for _, c in ipairs(compilers) do
        local result, log, out = compile_and_run(folder, c[2])
        tap.report(passes(result, out) and (not case.tests or out:find("^1%.%." .. case.tests .. "\n")), name .. ": passes with " .. c[1], log)
    end
end

-- The same bytes, whatever compiles the reference; and a compiler for another machine beside one for this.
local first = tap.read(build .. "/blocks/check.c")
for _, setting in ipairs {"CC=clang", "HOSTCC='gcc -O3' CC=no-such-compiler", "CFLAGS=-ffast-math CC=gcc"} do
    tap.run(("%s %s %s --standalone -o %s/blocks/net.c --selftest %s/again.c"):format(setting, cnngen, blocks, build, build))
    tap.report(tap.read(build .. "/again.c") == first, "the same bytes under " .. setting, "they differ")
    os.remove(build .. "/again.c")
end
local _, err, status = tap.run(("CC=no-such-compiler %s %s -o %s/n.c --selftest %s/again.c"):format(cnngen, blocks, build, build))
tap.report(status == 3 and err:find("HOSTCC chooses", 1, true) and not tap.read(build .. "/n.c") and not tap.read(build .. "/again.c"),
    "no compiler: a message, and no file", tostring(status) .. err)
_, err, status = tap.run(("CC=true %s %s -o %s/n.c --selftest %s/again.c"):format(cnngen, blocks, build, build))
tap.report(status == 3 and err:find("could not be run", 1, true), "a compiler whose program does not run here", tostring(status) .. err)
tap.run(("%s specs/shapes.lua -MD -o %s/m.c --selftest %s/m_check.c"):format(cnngen, build, build))
tap.report((tap.read(build .. "/m.d") or ""):find("/m_check.c: ", 1, true), "-MD names it, too", tap.read(build .. "/m.d"))

-- What is broken is found.
local function broken(name, from, text, what, expected)
    local folder = build .. "/broken_" .. name
    os.execute(("mkdir -p %s && cp %s/%s/net.[ch] %s/%s/check.c %s"):format(folder, build, from, build, from, folder))
    local source = tap.read(folder .. "/net.c")
    local changed, count = what(source)
    tap.write(folder .. "/net.c", changed)
    local result, log, out = compile_and_run(folder, "gcc -O1 -w")
    tap.report(count == 1 and result == 1 and out:find("not ok %d+ %- " .. expected), "broken: " .. text, tostring(count) .. log)
end
local function one_weight(source) -- a value in the middle of the constants becomes another
    local at = source:find("_weights = {", 1, true)
    local k = 0
    local behind, count = source:sub(at):gsub("(0x1%.%x+p%-?%d+f)", function(number)
        k = k + 1
        return k == 57 and "0.5f" or nil
    end)
    return source:sub(1, at - 1) .. behind, count > 57 and 1 or 0
end
local function last_bit(source)
    local at = source:find("_weights = {", 1, true)
    local behind, count = source:sub(at):gsub("(0x1%.%x+)(%x)(p%-?%d+f)", function(head, digit, tail)
        return head .. string.format("%x", tonumber(digit, 16) ~ 2) .. tail
    end, 1)
    return source:sub(1, at - 1) .. behind, count
end
broken("weight", "weights", "one weight", one_weight, "predict: sample [01]")
broken("weight_inference", "weights_inference", "one weight, without training", one_weight, "predict: sample [01]")
broken("bit", "weights", "the last bit of a weight", last_bit, "the bits of the weights")
local function replace(old, new)
    return function(source)
        local at, last = source:find(old, 1, true)
        return at and source:sub(1, at - 1) .. new .. source:sub(last + 1) or source, at and 1 or 0
    end
end
broken("loss", "line", "a factor of a gradient", replace("cnn_gelu_grad(x[k])", "cnn_gelu_grad(dy[k])"), "gradient of")

-- Without libc: hooks of the firmware, no main of our own.
tap.write(build .. "/hooks.c", [[
#include <stdio.h>
int selftest(void);
void put(char c);
void put(char c) { fputc(c, stderr); }
int main(void) { return selftest() + 2 * selftest(); }
]])
local _, why, made = tap.run(("gcc %s -ffreestanding -DSELFTEST_PUT=put -DSELFTEST_MAIN=selftest -c -o %s/check.o %s/blocks/check.c && gcc %s -o %s/hooked %s/hooks.c %s/check.o %s/blocks/net.c"):format(
    strict, build, build, strict, build, build, build, build))
local hookout, hookerr, hookstatus = tap.run(build .. "/hooked")
tap.report(made == 0 and hookstatus == 0 and hookout == "" and select(2, hookerr:gsub("1%.%.", "")) == 2, "hooks in place of putchar and main, twice", why .. hookout .. hookerr)
local undefined = tap.run(("nm -u %s/check.o"):format(build))
for symbol in undefined:gmatch("U ([%w_]+)") do
    tap.report(symbol:find("^blocks_") or symbol == "memset" or symbol == "memcpy" or symbol == "put", "a program on its own calls " .. symbol, undefined)
end
local result, log, out = compile_and_run(build .. "/blocks", "clang -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all " .. strict)
tap.report(passes(result, out), "sanitized", log)

-- Under an emulator, where there is one.
for _, target in ipairs {{"qemu-arm", "arm-linux-gnueabihf-gcc -mfpu=neon"}, {"qemu-aarch64", "aarch64-linux-gnu-gcc"}, {"qemu-riscv64", "riscv64-linux-gnu-gcc"}} do
    local _, _, missing = tap.run(("command -v %s && command -v %s"):format(target[1], target[2]:match("%S+")))
    if missing ~= 0 then
        print(("ok - under %s # SKIP it is not installed"):format(target[1]))
    else
        result, log, out = compile_and_run(build .. "/blocks", target[2] .. " -static -O2 " .. strict, nil, target[1])
        tap.report(passes(result, out), "under " .. target[1], log)
    end
end
tap.finish()
