-- compilers.lua - generated code under other compilers, standards and levels of optimisation: no warning, and the selftest passes.
-- usage: lua5.4 tests/compilers.lua CNNGEN BUILD_DIR [all [LEVEL]]
-- By default standards, networks and options take turns over compilers and levels; `all` is every one with every other.
local tap = dofile("tests/tap.lua")
local cnngen, build, everything, only = arg[1], arg[2], arg[3] == "all", arg[4]
os.execute(("rm -rf %s && mkdir -p %s"):format(build, build))

-- Four kilobytes of stack hold every function of gcc's, at every level; clang makes one function of several layers.
local gcc_strict = "-Werror -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wdouble-promotion -Wcast-align=strict -Wundef -Wvla -Wstack-usage=4096 " ..
    "-Wcast-qual -Wfloat-equal -Wswitch-default -Wunused-macros -Wredundant-decls -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wnull-dereference"
local gcc_c = gcc_strict .. " -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition"
-- What clang's -Weverything says against C99 itself: declarations between statements, structs with padding, pointers used as arrays.
local clang_c = "-Werror -Weverything -Wframe-larger-than=8192 -Wno-declaration-after-statement -Wno-padded"
local clang_cpp = "-Werror -Wall -Wextra -Wconversion -Wshadow -Wcast-align -Wcast-qual -Wundef -Wdouble-promotion -Wfloat-equal -Wunused-macros -Wframe-larger-than=8192"
local levels = {"-O0", "-O1", "-O2", "-O3", "-Os", "-Ofast", "-O2 -march=native"}
local c_standards, cpp_standards = {"c99", "c11", "c17", "c2x", "gnu99"}, {"c++11", "c++14", "c++17", "c++20"}
local compilers = {
    {"gcc", strict = gcc_c, standards = c_standards, levels = levels},
    {"clang-14", "clang", strict = clang_c, standards = c_standards, levels = levels},
    {"clang-19", strict = clang_c .. " -Wno-unsafe-buffer-usage -Wno-deprecated-ofast", standards = c_standards, levels = levels},
    {"tcc", strict = "-Wall -Werror", standards = {"c99", "c11"}, levels = {"", "-b"}, builds = 4},
    {"g++", strict = gcc_strict:gsub("%-Wduplicated%-branches", ""), -- of the sizes of vectors, which are macros
      standards = cpp_standards, levels = levels, cpp = true, builds = 4},
    {"clang++-14", "clang++", strict = clang_cpp, standards = cpp_standards, levels = levels, cpp = true, builds = 3},
    {"clang++-19", strict = clang_cpp .. " -Wno-deprecated-ofast", standards = cpp_standards, levels = levels, cpp = true, builds = 3},
}

-- Norms, a depthwise convolution, branches, all that is not in shapes and mnist.
tap.write(build .. "/graph.lua", [[
return model {
  input = "12x10x3",
  conv2d { 8, kernel = 3, padding = "same", bias = false }, batch_norm { activation = "relu" },
  residual { depthwise_conv2d { 3, padding = "same" }, batch_norm {}, activation = "relu6" },
  concat { { maxpool2d { 2 } }, { conv2d { 5, kernel = 3, stride = 2, padding = { 0, 1, 0, 1 }, activation = "silu" } } },
  conv2d_transpose { 4, kernel = 2, stride = 2, activation = "tanh" },
  upsample2d { 2, interpolation = "bilinear" },
  conv2d { 6, kernel = 3, groups = 2, activation = "gelu" },
  layer_norm {}, avgpool2d { 2 }, dropout { 0.25 },
  global_avgpool2d {},
  dense { 4, activation = "softmax" },
  optimizer = adamw { lr = 1e-3, weight_decay = 0.01 },
  batch = 4,
}
]])
local specs = {shapes = "specs/shapes.lua", graph = build .. "/graph.lua", mnist = "specs/mnist.lua --batch 2"}

local function variant(text) -- "shapes vector inference library"
    local spec, target, mode, runtime = text:match("^(%S+) (%S+) (%S+) (%S+)$")
    local folder = ("%s/%s"):format(build, text:gsub(" ", "_"))
    os.execute("mkdir -p " .. folder)
    local options = ("--target %s %s %s"):format(target, mode == "inference" and "--inference" or "", runtime == "standalone" and "--standalone" or "")
    local _, err, status = tap.run(("%s %s %s -o %s/net.c --selftest %s/check.c && gcc -std=c99 -O1 -c -o %s/check.o %s/check.c"):format(
        cnngen, specs[spec], options, folder, folder, folder, folder))
    if status ~= 0 then
        tap.report(false, text .. ": written", err)
    end
    return {text = text, folder = folder, sources = folder .. "/net.c" .. (runtime == "library" and " runtime/*.c" or ""), vector = target == "vector"}
end

local variants = {}
for _, text in ipairs {"shapes vector training standalone", "graph portable training library", "graph vector inference standalone",
    "shapes portable inference library", "graph vector training library", "mnist vector inference standalone",
    "shapes portable training standalone", "mnist portable inference library"} do
    variants[#variants + 1] = variant(text)
end
if everything then
    for _, text in ipairs {"graph portable inference standalone", "shapes vector inference library", "mnist vector training standalone", "mnist portable training library"} do
        variants[#variants + 1] = variant(text)
    end
end

local function found(compiler)
    for _, name in ipairs(compiler) do
        if select(3, tap.run("command -v " .. name)) == 0 then
            return name
        end
    end
end

-- Compiles and links in the folder of the variant, runs; one line of TAP, and whether it was right.
local function try(compiler, standard, level, v)
    compiler.seen[standard], compiler.seen[level] = true, true
    local strict, object = compiler.strict, v.folder .. "/objects"
    if compiler.cpp and v.vector then
        strict = strict:gsub("%-Wpedantic", "") -- GNU vectors are no ISO C++
    end
    local command = ("rm -rf %s && mkdir %s && for f in %s; do %s %s -std=%s %s %s -Iruntime -c -o %s/$(basename $f .c).o $f || exit 1; done"):format(
        object, object, v.sources, compiler.name, compiler.cpp and "-x c++" or "", standard, level, strict, object)
    local out, err, status = tap.run("(" .. command .. ")")
    local clean = status == 0 and out .. err == ""
    if clean then
        local link = compiler.name == "tcc" and "tcc " .. level or "gcc" .. (level == "-Ofast" and " -Ofast" or "")
        out, err, status = tap.run(("%s -o %s/run %s/check.o %s/*.o && timeout 300 %s/run"):format(link, v.folder, v.folder, object, v.folder))
    end
    return tap.report(clean and status == 0 and out:find("^1%.%.%d"), ("%s -std=%s %s: %s"):format(compiler.name, standard, level, v.text), (out .. err):sub(1, 2000))
end

local turn = 0
local function next_build(compiler, level, of_variants)
    turn = turn + 1
    local standard = compiler.standards[turn % #compiler.standards + 1]
    return try(compiler, standard, level, of_variants[turn % #of_variants + 1])
end

for _, compiler in ipairs(compilers) do
    compiler.name, compiler.seen = found(compiler), {}
    if not compiler.name then
        print(("ok - %s # SKIP it is not installed"):format(compiler[1]))
    else
        local builds, right = 0, 0
        local function count(ok)
            builds, right = builds + 1, right + (ok and 1 or 0)
        end
        if everything then
            for _, v in ipairs(variants) do
                for _, level in ipairs(compiler.levels) do
                    if not only or level == only then
                        count(next_build(compiler, level, {v}))
                    end
                end
                for _, standard in ipairs(only and {} or compiler.standards) do
                    count(try(compiler, standard, compiler.levels[2], v))
                end
            end
        else
            for k = 1, compiler.builds or #compiler.levels do
                count(next_build(compiler, compiler.levels[(k + (compiler.cpp and turn or 0)) % #compiler.levels + 1], variants))
            end
        end
        local function tried(list)
            local names = {}
            for _, name in ipairs(list) do
                names[#names + 1] = compiler.seen[name] and name ~= "" and name or nil
            end
            return table.concat(names, " ")
        end
        local version = tap.run(compiler.name .. (compiler.name == "tcc" and " -v" or " --version")):match("%d+%.%d+[%d.]*")
        print(("# compilers: %s %s: %d builds (%s; %s), %d without a warning and right"):format(compiler.name, version, builds,
            tried(compiler.standards), tried(compiler.levels), right))
    end
end

-- Optimizers where every gradient from 0 to 10000 occurs: -Ofast must not make a NaN of a moment that is 0.
tap.write(build .. "/steps.c", [[
#include "cnn.h"
enum { N = 70 };
int main(void)
{
    static const float sizes[7] = {0, 1e-30f, 1e-18f, 1e-8f, 1e-3f, 1, 1e4f};
    static float w[3][N], dw[N], m[3][N], v[3][N];
    int wrong = 0;
    for (int i = 0; i < N; i++) dw[i] = sizes[i / 10];
    for (uint64_t step = 1; step < 4; step++) {
        cnn_adam(w[0], dw, m[0], v[0], N, 1e-3f, 0.9f, 0.999f, 1e-7f, step, 1, 0);
        cnn_adamw(w[1], dw, m[1], v[1], N, 1e-3f, 0.9f, 0.999f, 1e-7f, step, 1, 0.01f);
        cnn_rmsprop(w[2], dw, v[2], N, 1e-3f, 0.9f, 1e-7f, 1, 0);
    }
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < N; i++) wrong += !(w[k][i] <= 0 && w[k][i] > -0.1f) || (i >= 40 && !(w[k][i] < -0.002f));
    return wrong;
}
]])
for _, name in ipairs {"gcc -Ofast", "gcc -O2", "clang -O3 -ffast-math", "g++ -x c++ -Ofast -march=native"} do
    if found {name:match("%S+")} then
        local out, err, status = tap.run(("%s -Iruntime -o %s/steps %s/steps.c runtime/*.c && %s/steps"):format(name, build, build, build))
        tap.report(status == 0 and out .. err == "", name .. ": steps of optimizers", tostring(status) .. err)
    else
        print(("ok - %s: steps of optimizers # SKIP it is not installed"):format(name))
    end
end

-- The header in C++98, as strict as it goes, and a large network that is only compiled.
for _, v in ipairs {variants[1], variants[2]} do
    local spec = v.text:match("^%S+")
    tap.write(v.folder .. "/use.cc", ('#include "net.h"\n#include "net.h"\nfloat (*train)(%s_params *, const float *, const float *, int, %s_tape *, %s_optimizer *, float) = %s_train_step;\n'):format(spec, spec, spec, spec))
    for _, name in ipairs {"g++", "clang++"} do
        if found {name} then
            local out, err, status = tap.run(("%s -std=c++98 -Werror -Wall -Wextra -Wpedantic -Wold-style-cast -Wconversion -Wshadow -fsyntax-only %s/use.cc"):format(name, v.folder))
            tap.report(status == 0 and out .. err == "", name .. " -std=c++98: the header of " .. spec, err)
        else
            print(("ok - %s -std=c++98 # SKIP it is not installed"):format(name))
        end
    end
end
for k, v in ipairs(variants) do
    if everything or k == 1 or k == 3 then
        local out, err, status = tap.run(("for f in %s; do gcc -std=c99 -O2 -fanalyzer -Werror -Iruntime -c -o %s/analyzed.o $f || exit 1; done"):format(v.sources, v.folder))
        tap.report(status == 0 and out .. err == "", "gcc -fanalyzer: " .. v.text, err:sub(1, 2000))
    end
end
local _, err, status = tap.run(("%s specs/mnist.lua -o %s/mnist.c && gcc -std=c99 -O2 %s -Iruntime -c -o %s/mnist.o %s/mnist.c"):format(cnngen, build, gcc_c, build, build))
tap.report(status == 0 and not err:find("mnist.c:", 1, true), "gcc -std=c99 -O2: mnist, with training", err:sub(1, 2000))
print("# compilers: warnings of gcc and g++: " .. gcc_c:gsub("%-Werror ", ""))
print("# compilers: warnings of clang: " .. clang_c:gsub("%-Werror ", "") .. " -Wno-unsafe-buffer-usage -Wno-deprecated-ofast (19)")
tap.finish()
