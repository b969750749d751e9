-- weights.lua - from training to constants in C, on the way through files; and everything generated, under strict compilers.
-- usage: lua5.4 tests/weights.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
os.execute("rm -rf " .. build .. " && mkdir -p " .. build)
local data = os.getenv("CNNGEN_DATA") or "../shared/data"

local function command(format, ...)
    return tap.run(cnngen .. " " .. format:format(...))
end

-- Training gives what evaluation finds again, twice the same, and a network that knows circles.
local weights = build .. "/shapes.safetensors"
local trained, err, status = command("train specs/shapes.lua --data shapes --epochs 12 --seed 2 --quiet -o %s", weights)
-- Rounding differs from machine to machine, so a few images may go either way.
local function right(text)
    return tonumber(text:match("%((%d+) of 800%)")) or 0
end
tap.report(status == 0 and right(trained) >= 796, "shapes: at least 796 of 800 unseen images after 12 epochs", trained .. err)
local evaluated = command("eval specs/shapes.lua --weights %s --data shapes --seed 2 --quiet", weights)
tap.report(evaluated:match("%((%d+ of %d+)%)") == trained:match("%((%d+ of %d+)%)"), "eval finds the accuracy that train printed",
    evaluated .. trained)
command("train specs/shapes.lua --data shapes --epochs 12 --seed 2 --quiet -o %s/again.safetensors", build)
tap.report(tap.read(weights) == tap.read(build .. "/again.safetensors"), "the same seed trains the same weights", "files differ")
local resumed
resumed, err, status = command("train specs/shapes.lua --data shapes --weights %s --epochs 1 --quiet -o %s/more.safetensors", weights, build)
tap.report(status == 0 and right(resumed) >= 796, "training goes on from weights", resumed .. err)

-- Frozen up to a layer: less memory, no code for what nobody needs, and train changes only the rest.
local frozen = tap.write(build .. "/frozen.lua", [[
return model {
  input = "28x28x1",
  conv2d { 4, kernel = 3, bias = false },
  batch_norm { activation = "relu" },
  maxpool2d { 2 },
  residual { conv2d { 4, kernel = 3, padding = 1 }, batch_norm {}, prelu {}, layer_norm {}, name = "body" },
  spatial_dropout2d { 0.1 },
  maxpool2d { 2 },
  flatten {},
  dense { 1, activation = "sigmoid" },
  optimizer = adam { lr = 3e-3 },
  batch = 32,
  freeze_until = arg("freeze", "input"),
}
]])
local tape, state = math.huge, math.huge
for _, name in ipairs {"input", "bn1", "body"} do
    local json = command("summary --json -D freeze=%s %s", name, frozen)
    local t, o = tonumber(json:match('"tape_bytes": (%d+)')), tonumber(json:match('"optimizer_bytes": (%d+)'))
    tap.report(t and o and t < tape and o < state, "less tape and optimizer when frozen until " .. name, json)
    tape, state = t or 0, o or 0
end
command("%s -D freeze=body -o %s/frozen.c", frozen, build)
local code = tap.read(build .. "/frozen.c") or ""
tap.report(code:find("dense1_backward(", 1, true) and not code:find("conv%d_backward") and not code:find("bn%d_backward") and not code:find("body_backward", 1, true),
    "no backward code for frozen layers", "there is some")
tap.report(code:find("conv1_pool1_forward(", 1, true) and not code:find("conv1_pool1_train_forward(", 1, true), "frozen layers run as in predict", "they do not")

-- Every tensor of a safetensors file, as bytes.
local function tensors(path)
    local text, list = tap.read(path) or "\0\0\0\0\0\0\0\0", {}
    local size = string.unpack("<I8", text)
    for name, from, to in text:sub(9, 8 + size):gmatch('"([%w_.]+)":{"dtype":"F32","shape":%[[%d,]*%],"data_offsets":%[(%d+),(%d+)%]}') do
        list[name] = text:sub(9 + size + from, 8 + size + to)
    end
    return list
end
command("train %s --data shapes --epochs 3 --seed 1 --quiet -o %s/base.safetensors", frozen, build)
for _, case in ipairs {{"input"}, {"bn1", conv1 = true, bn1 = true}, {"body", conv1 = true, bn1 = true, conv2 = true, bn2 = true, prelu1 = true, ln1 = true}} do
    local name = case[1]
    local out, message, s = command("train %s -D freeze=%s --data shapes --weights %s/base.safetensors --epochs 2 --seed 2 --quiet -o %s/tuned.safetensors", frozen, name, build, build)
    local before, after, wrong, count = tensors(build .. "/base.safetensors"), tensors(build .. "/tuned.safetensors"), "", 0
    for tensor, bytes in pairs(before) do
        count = count + 1
        if (bytes == after[tensor]) ~= (case[tensor:match("%w+")] or false) then
            wrong = wrong .. " " .. tensor
        end
    end
    tap.report(s == 0 and count == 16 and wrong == "", "train --weights changes what is not frozen, and nothing else: until " .. name, count .. " tensors; " .. wrong .. message)
    tap.report(right(out) >= 760, "fine-tuned until " .. name .. ": at least 760 of 800", out)
end

-- The network with its weights as constants, compiled with nothing but cc -O2 and a small main.
local main = [[
#include "shapes.h"
#include <stdio.h>
int main(int argc, char **argv)
{
    static float image[SHAPES_INPUT_SIZE], output[SHAPES_OUTPUT_SIZE];
    static shapes_scratch scratch;
    FILE *file = fopen(argc > 1 ? argv[1] : "", "rb");
    if (!file || fseek(file, 128, SEEK_SET) != 0)
        return 1;
    while (fread(image, sizeof image, 1, file) == 1) {
        shapes_predict(&shapes_weights, image, output, &scratch);
        printf("%.9g\n", (double)output[0]);
    }
    fclose(file);
    return 0;
}
]]
local images, state = {}, 3
for i = 1, 20 * 784 do
    state = (state * 1103515245 + 12345) % 2147483648
    images[i] = state / 2147483648
end
tap.write_npy(build .. "/x.npy", {20, 28, 28, 1}, images)
tap.write(build .. "/main.c", main)
local expected = command("run specs/shapes.lua --weights %s --input %s/x.npy --quiet", weights, build)
for _, unroll in ipairs {"auto", "none", "full"} do
    command("specs/shapes.lua --weights %s --inference --standalone --unroll %s -o %s/shapes.c", weights, unroll, build)
    local got = tap.run(("cd %s && cc %s shapes.c main.c -o main && ./main x.npy"):format(build, unroll == "full" and "-O0" or "-O2"))
    local a, b = {}, {}
    for n in got:gmatch("%S+") do a[#a + 1] = tonumber(n) end
    for n in expected:gmatch("%S+") do b[#b + 1] = tonumber(n) end
    local ok, reason = tap.same(a, b, 1e-5)
    tap.report(ok and #a == 20, "constants in C give what run gives (--unroll " .. unroll .. ")", reason)
end

-- MNIST's files, when they are there: reading them and one short training.
if tap.read(data .. "/mnist/t10k-labels-idx1-ubyte.gz") then
    local out, e = command("train specs/mnist_dense.lua --data %s/mnist --epochs 1 --quiet -o %s/dense.safetensors", data, build)
    local percent = tonumber(out:match("accuracy ([%d.]+) %%"))
    tap.report(percent and percent > 93, "MNIST: one epoch of the dense network is above 93 %", out .. e)
else
    print("ok - MNIST # SKIP no data in " .. data)
end

-- Bytes on the wire: one signature anywhere.
local packets
packets, err = command("train specs/packets.lua --data packets --epochs 20 --quiet -o %s/packets.safetensors", build)
tap.report((tonumber(packets:match("accuracy ([%d.]+) %%")) or 0) >= 97, "packets: at least 97 % of the unseen packets", packets .. err)

-- Files that do not fit: one clear message, status 1.
local good = tap.read(weights)
local function wrong(name, bytes, message, spec)
    local path = tap.write(build .. "/wrong.safetensors", bytes)
    local _, e, s = command("eval specs/%s.lua --weights %s --data shapes --quiet", spec or "shapes", path)
    tap.report(s == 1 and e:find(message, 1, true), "weights: " .. name, "status " .. s .. ": " .. e)
end
wrong("truncated", good:sub(1, -5), "wrong.safetensors")
wrong("header cut", good:sub(1, 20), "wrong.safetensors")
wrong("empty", "", "wrong.safetensors")
wrong("not a safetensors file", ("hello world "):rep(20), "wrong.safetensors")
wrong("a tensor of another name", (good:gsub("dense1%.bias", "dense9.bias")), "dense9.bias")
wrong("a missing tensor", (good:gsub("dense1%.bias", "dense9.bias")), "dense1.bias")
wrong("of another network", good, "conv1.kernel", "keras_guide")
local _, e, s = command("eval specs/shapes.lua --weights %s/nowhere.safetensors --data shapes", build)
tap.report(s == 1 and e:find("nowhere", 1, true), "weights: no such file", e)

-- Everything generated from every spec, under gcc and clang, as C99 with warnings as errors; the headers as C++; two networks in one program.
local strict = "-std=c99 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Werror -Iruntime -c -o /dev/null"
local syntax = " -fsyntax-only" -- clang's warnings come without code being made
local specs = tap.run("cd specs && ls *.lua")
local every_option = {"", "--standalone", "--standalone --inference", "--target portable", "--unroll none --standalone", "--real double --standalone"}
local every_compiler = {"gcc", "gcc -march=native", "clang", "clang -march=native"}
-- What is made of the same layers again is compiled less often; large networks are only read by the compilers.
local similar = {resnet8 = true, dscnn_kws = true, mobilenet_v1_025_vww = true, autoencoder_ad = true, sww_conv1d = true, lenet5 = true}
local large = {alexnet = true, vgg16 = true, resnet18 = true, resnet50 = true, mobilenet_v1 = true, mobilenet_v2 = true, squeezenet = true}
local jobs, commands = {}, {}
for spec in specs:gmatch("(%w[%w_]*)%.lua") do
    local few = similar[spec] or large[spec] or spec:find("^tinymaix")
    for _, options in ipairs(few and {"--standalone"} or every_option) do
        local folder = ("%s/strict%d"):format(build, #jobs + 1)
        local steps = {("mkdir -p %s && %s specs/%s.lua %s -o %s/%s.c"):format(folder, cnngen, spec, options, folder, spec)}
        for _, cc in ipairs(few and {"gcc -march=native", "clang"} or every_compiler) do
            steps[#steps + 1] = ("%s %s%s %s/%s.c"):format(cc, strict, (large[spec] or cc:find("^clang")) and syntax or "", folder, spec)
        end
        steps[#steps + 1] = ("g++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -x c++ -c -o /dev/null %s/%s.h"):format(folder, spec)
        jobs[#jobs + 1] = {title = ("%s %s: no warning"):format(spec, options), log = folder .. ".log"}
        commands[#commands + 1] = ("{ %s && echo good; } > %s 2>&1\n"):format(table.concat(steps, " && "), folder .. ".log")
    end
end
tap.write(build .. "/strict", table.concat(commands))
os.execute(("rm -rf %s/strict*.log; xargs -d '\\n' -n 1 -P \"${JOBS:-$(nproc)}\" sh -c < %s/strict"):format(build, build))
for _, job in ipairs(jobs) do
    local log = tap.read(job.log) or "not run"
    tap.report(log:find("good\n$"), job.title, log:sub(1, 1000))
end
command("specs/shapes.lua --standalone -o %s/shapes.c", build)
command("specs/packets.lua --standalone -o %s/packets.c", build)
tap.write(build .. "/two.cpp", '#include "shapes.h"\n#include "packets.h"\nint main() { static shapes_params a; static packets_params b;\n' ..
    "shapes_init(&a, 1); packets_init(&b, 1); return sizeof a == sizeof b; }\n")
local _, two, linked = tap.run(("cd %s && cc -O1 -c shapes.c packets.c && g++ -Wall -Wextra -Werror two.cpp shapes.o packets.o -o two && ./two"):format(build))
tap.report(linked == 0, "two networks in one C++ program", two)
local symbols = tap.run(("nm -g --defined-only %s/shapes.o"):format(build))
local foreign = symbols:gsub("%x+ %u shapes_[%w_]+\n", "")
tap.report(foreign == "", "no public symbol without the network's name in front", foreign)
tap.finish()
