-- install.lua - what is installed, packaged and documented; the examples.
-- usage: lua5.4 tests/install.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
os.execute(("rm -rf %s && mkdir -p %s"):format(build, build))
local here = "compiler/install/"
local pwd = tap.run("pwd"):gsub("\n", "")
local function absolute(path)
    return path:sub(1, 1) == "/" and path or pwd .. "/" .. path:gsub("^%./", "")
end
local program, work = absolute(cnngen), absolute(build)
local make = "env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s "
local binaries = cnngen:match("^(.*)/[^/]*$")
binaries = (binaries == "." or not binaries) and "build" or binaries

local function has(name)
    return select(3, tap.run("command -v " .. name)) == 0
end
local function skip(name, reason)
    print(("ok - %s # SKIP %s"):format(name, reason))
end
local function succeeds(name, command, expected)
    local out, err, status = tap.run(command)
    return tap.report(status == 0 and (not expected or out:find(expected, 1, true)), name, tostring(status) .. " " .. (out .. err):sub(-2000)), out
end

-- The manual page names all that the command line knows.
local header, source, page = tap.read("compiler/arguments.h"), tap.read("compiler/arguments.c"), tap.read(here .. "cnngen.1")
local missing, options, commands = {}, {}, {}
for name in source:match("#define LONG_OPTIONS%(X%)(.-)\n\n"):gmatch('X%([%u_]+,%s*"([%l-]+)"') do
    options[#options + 1] = name
    if not page:find(".It Fl -" .. name .. "[ \n]") and not page:find("\n.It[^\n]* Fl %-" .. name:gsub("%-", "%%-") .. "[ \n]") then
        missing[#missing + 1] = "--" .. name
    end
end
for name in header:match("#define COMMANDS%(X%)(.-)\n\n"):gmatch('X%(%u+, "(%l+)"%)') do
    commands[#commands + 1] = name
    if not page:find("\n.It Cm " .. name .. "\n", 1, true) then
        missing[#missing + 1] = name
    end
end
for _, short in ipairs {"o", "D", "MD", "MF", "q"} do
    missing[#missing + 1] = not page:find("\n.It Fl " .. short .. "[ \n]") and "-" .. short or nil
end
tap.report(#missing == 0 and #options > 30 and #commands >= 12, ("the manual has all %d options and %d commands"):format(#options, #commands), table.concat(missing, " "))
for _, section in ipairs {"NAME", "SYNOPSIS", "DESCRIPTION", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO"} do
    tap.report(page:find("\n.Sh " .. section .. "\n", 1, true), "the manual has a section " .. section, "none")
end
for status = 0, 3 do
    tap.report(page:match("%.Sh EXIT STATUS.*"):find("\n.It " .. status .. "\n", 1, true), "the manual has exit status " .. status, "none")
end
for text in page:match("%.Sh EXAMPLES(.-)\n%.Sh"):gmatch("[^\n]+") do
    for name in text:gmatch("%-%-(%l[%l-]*)") do
        tap.report(source:find('"' .. name .. '"', 1, true) or name == "cflags" or name == "libs", "an example of the manual uses --" .. name, text)
    end
end
if has "mandoc" then
    local out = tap.run("mandoc -Tlint -W style " .. here .. "cnngen.1"):gsub("[^\n]*referenced manual not found[^\n]*\n", "")
    tap.report(out == "", "mandoc finds nothing wrong with the manual", out)
else
    skip("mandoc -Tlint", "mandoc is not installed")
end
if has "man" and has "groff" then
    local out, err, status = tap.run("MANROFFSEQ= LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l " .. here .. "cnngen.1")
    tap.report(status == 0 and err == "" and out:find("EXIT STATUS", 1, true), "man shows it", err)
else
    skip("man -l", "man or groff is not installed")
end

-- Completions are made from the same tables, and do what they should in their shells.
tap.run(("lua5.4 %scompletion.lua %s"):format(here, build))
for _, name in ipairs {"cnngen.bash", "_cnngen", "cnngen.fish"} do
    tap.report(tap.read(build .. "/" .. name) == tap.read(here .. name), name .. " is up to date", "make completions makes it anew")
end
local function complete_bash(line)
    local words = {}
    for word in (line .. "|"):gmatch("[^ ]+") do
        words[#words + 1] = "'" .. word:gsub("|$", "") .. "'"
    end
    return " " .. tap.run(("bash -c 'source %scnngen.bash; COMP_WORDS=(%s); COMP_CWORD=%d; _cnngen; echo ${COMPREPLY[@]}'"):format(here, table.concat(words, " "):gsub("'", '"'), #words - 1)):gsub("\n", " ")
end
local function complete_fish(line)
    return " " .. tap.run(("fish --no-config -c 'source %scnngen.fish; complete -C \"%s\"'"):format(here, line)):gsub("\t[^\n]*", ""):gsub("\n", " ")
end
local function complete_zsh(line) -- the function alone, with stand-ins for the shell's own: what it would offer
    local words, n = line:gsub("[^ ]+", "%0"), select(2, (line .. "|"):gsub("[^ ]+", ""))
    return " " .. tap.run(("zsh -f -c 'fpath=(%s $fpath); autoload -U _cnngen; _arguments() { print -l -- $@ }; _alternative() { print -l -- $@ }; words=(%s \"\"); CURRENT=%d; _cnngen'"):format(
        here, words, n)):gsub("\n", " ")
end
local function offers(shell, got, line, words, none)
    for _, word in ipairs(words) do
        tap.report(got:find(word, 1, true), ("%s: '%s' offers %s"):format(shell, line, word), got)
    end
    tap.report(not got:find(none, 1, true), ("%s: '%s' does not offer %s"):format(shell, line, none), got)
end
for shell, complete in pairs {bash = complete_bash, fish = complete_fish} do
    if has(shell) then
        for _, case in ipairs {{"cnngen ", commands, "--"}, {"cnngen train --", {" --data ", " --epochs ", " --threads "}, "--misra"}, {"cnngen net.lua --", {" --misra ", " --standalone "}, "--epochs"},
            {"cnngen net.lua --target ", {" vector ", " portable "}, "--"}, {"cnngen check --unroll f", {" full "}, "none"}, {"cnngen report net.lua --format ", {" html ", " svg ", " json "}, "auto"},
            {"cnngen train net.lua --data s", {" shapes "}, "packets"}, {"cnngen check compiler/inst", {"compiler/install"}, "cnngen.1"}, {"cnngen summary specs/mn", {"specs/mnist.lua"}, "shapes"}} do
            offers(shell, complete(case[1]), table.unpack(case))
        end
    else
        skip("completion in " .. shell, "it is not installed")
    end
end
if has "zsh" then
    offers("zsh", complete_zsh("cnngen train "), "cnngen train ", {"--data=", "--epochs=", "(shapes packets)"}, "--misra")
    offers("zsh", complete_zsh("cnngen check "), "cnngen check ", {"--sarif[", "(auto full none)", "*.lua"}, "--epochs")
    offers("zsh", complete_zsh("cnngen import "), "cnngen import ", {"*.onnx", "--output="}, "--sarif")
    offers("zsh", complete_zsh("cnngen "), "cnngen ", commands, "--")
else
    skip("completion in zsh", "it is not installed")
end

-- make install: into a folder of its own for a package, and to a prefix that is used at once.
succeeds("make install DESTDIR", ("%sinstall BUILD=%s DESTDIR=%s/root PREFIX=/opt/x"):format(make, binaries, work))
for _, file in ipairs {"bin/cnngen", "include/cnngen/cnn.h", "lib/libcnn.a", "lib/pkgconfig/cnngen.pc", "share/man/man1/cnngen.1", "share/bash-completion/completions/cnngen",
    "share/zsh/site-functions/_cnngen", "share/fish/vendor_completions.d/cnngen.fish", "share/cnngen/runtime/cnn_math.c", "share/cnngen/specs/mnist.lua", "share/doc/cnngen/copyright",
    "share/doc/cnngen/examples/cortex-m/link.ld"} do
    tap.report(tap.read(("%s/root/opt/x/%s"):format(build, file)), "installed: " .. file, "it is not there")
end
tap.report((tap.read(build .. "/root/opt/x/lib/pkgconfig/cnngen.pc") or ""):find("prefix=/opt/x\n", 1, true), "cnngen.pc knows the prefix, not DESTDIR", "")
succeeds("make install PREFIX", ("%sinstall BUILD=%s PREFIX=%s/prefix"):format(make, binaries, work))
succeeds("the installed cnngen checks an installed spec", ("cd / && %s/prefix/bin/cnngen check %s/prefix/share/cnngen/specs/shapes.lua"):format(work, work), "ok: 413 parameters")
tap.write(build .. "/use.c", [[
#include "net.h"
int main(void)
{
    static shapes_params params;
    static shapes_scratch scratch;
    static float input[SHAPES_INPUT_SIZE], output = -1;
    shapes_init(&params, 1);
    shapes_predict(&params, input, &output, &scratch);
    return output > 0 && output < 1 ? 0 : 1;
}
]])
if has "pkg-config" then
    succeeds("a program with pkg-config's flags", ("cd %s && prefix/bin/cnngen prefix/share/cnngen/specs/shapes.lua -o net.c && cc -std=c99 -o use use.c net.c $(PKG_CONFIG_PATH=prefix/lib/pkgconfig pkg-config --cflags --libs cnngen) && ./use"):format(build))
else
    skip("a program with pkg-config's flags", "pkg-config is not installed")
end
succeeds("make uninstall", ("%suninstall BUILD=%s PREFIX=%s/prefix"):format(make, binaries, work))
local left = tap.run(("find %s/prefix -type f; find %s/prefix -depth -name '*cnngen*'"):format(build, build))
tap.report(left == "", "make uninstall leaves nothing of its own", left)

-- The Debian package.
if has "dpkg-deb" and has "strip" then
    local function package(epoch)
        local _, path = succeeds("make deb, SOURCE_DATE_EPOCH=" .. epoch, ("SOURCE_DATE_EPOCH=%d %sdeb BUILD=%s"):format(epoch, make, binaries))
        return path:match("%S+%.deb")
    end
    local deb = package(1700000000)
    local first = tap.read(deb)
    os.execute("sleep 1")
    package(1700000000)
    tap.report(first == tap.read(deb), "the same package again, byte for byte", "they differ")
    local list = tap.run("dpkg-deb -c " .. deb)
    tap.report(not list:gsub("root/root", ""):find("/root", 1, true) and select(2, list:gsub("\n", "")) == select(2, list:gsub(" root/root ", "")) and not list:find(" 2023%-11%-1[0-35-9]"), "everything is root's, of one date", list)
    succeeds("unpacked, it runs", ("dpkg-deb -x %s %s/unpacked && %s/unpacked/usr/bin/cnngen check %s/unpacked/usr/share/cnngen/specs/mnist.lua"):format(deb, build, build, build), "225034 parameters")
    succeeds("it is installed into a root of its own, and removed", ([[
        cd %s && mkdir -p dpkg/var/lib/dpkg/info dpkg/var/lib/dpkg/updates dpkg/var/log && touch dpkg/var/lib/dpkg/status &&
        fakeroot=$(command -v fakeroot || true) && $fakeroot dpkg --root=$PWD/dpkg --force-depends --force-not-root --force-bad-path -i %s > dpkg.log 2>&1 &&
        dpkg/usr/bin/cnngen --version && $fakeroot dpkg --root=$PWD/dpkg --force-depends --force-not-root --force-bad-path -r cnngen >> dpkg.log 2>&1 &&
        ! test -e dpkg/usr/bin/cnngen]]):format(build, absolute(deb)), "cnngen ")
    if has "lintian" then
        local out, err = tap.run("lintian --allow-root " .. deb)
        tap.report(not (out .. err):find("^[EW]:") and not (out .. err):find("\n[EW]:"), "lintian finds nothing", out .. err)
    else
        skip("lintian", "it is not installed")
    end
else
    skip("make deb", "dpkg-deb or strip is not installed")
end

-- The examples, as somebody would build them: nothing of this run's surroundings is theirs.
os.execute(("cp -r examples %s/examples && cd %s/examples && rm -rf */build arduino/logic/net.[ch] && mkdir bin && ln -s %s bin/cnngen"):format(build, build, program))
local at = ("unset BUILD CNNGEN; cd %s/examples && PATH=$PWD/bin:$PATH && cd "):format(build)
succeeds("examples/make", at .. "make && " .. make .. "run", "a disc is a circle")
local again = tap.run(at .. "make && env -u MAKEFLAGS make; touch shapes.lua && env -u MAKEFLAGS make -n")
tap.report(again:find("up to date", 1, true) and again:find("--inference", 1, true), "examples/make: nothing to do, and a new spec is seen", again)
if has "cmake" then
    local generator = has "ninja" and "-G Ninja" or ""
    succeeds("examples/cmake", at .. "cmake && cmake -B build " .. generator .. " > log && cmake --build build >> log && build/logic", "1 xor 0 = 1.000")
else
    skip("examples/cmake", "cmake is not installed")
end
if has "arm-none-eabi-gcc" then
    succeeds("examples/cortex-m: builds", at .. "cortex-m && " .. make .. "CNNGEN=cnngen")
    if has "qemu-system-arm" then
        local out, err, status = tap.run(at .. "cortex-m && " .. make .. "run")
        tap.report(status == 0 and (out .. err):find("0.000\n1.000\n1.000\n0.000\n", 1, true), "examples/cortex-m: learns under QEMU", out .. err)
    else
        skip("examples/cortex-m: under QEMU", "qemu-system-arm is not installed")
    end
else
    skip("examples/cortex-m", "arm-none-eabi-gcc is not installed")
end

-- Zephyr, with a stand-in for its CMake package and its two headers.
if has "cmake" then
    local zephyr = build .. "/zephyr"
    os.execute(("mkdir -p %s/include/zephyr/sys"):format(zephyr))
    tap.write(zephyr .. "/ZephyrConfig.cmake", "enable_language(C)\nadd_executable(app)\ntarget_include_directories(app PRIVATE ${CMAKE_CURRENT_LIST_DIR}/include)\n")
    tap.write(zephyr .. "/include/zephyr/kernel.h", "#include <stdint.h>\n")
    tap.write(zephyr .. "/include/zephyr/sys/printk.h", "#include <stdio.h>\n#define printk printf\n")
    succeeds("examples/zephyr: its application, with a stand-in for Zephyr", at .. ("zephyr && cmake -B build -DZephyr_DIR=%s > log && cmake --build build >> log && build/app"):format(absolute(zephyr)), "4 of 4 right")
else
    skip("examples/zephyr", "cmake is not installed")
end
for _, file in ipairs {"zephyr/prj.conf", "zephyr/sample.yaml", "zephyr/src/main.c", "arduino/logic/logic.ino"} do
    tap.report(tap.read("examples/" .. file), "examples: " .. file, "it is not there")
end

-- Arduino: the sketch as its IDE compiles it, C++ behind #include <Arduino.h>; then net.c for boards.
os.execute(("mkdir -p %s/arduino"):format(build))
tap.write(build .. "/arduino/Arduino.h", [[
#include <stdio.h>
struct Port { void begin(long) {} void print(const char *t) { fputs(t, stdout); } void println(double x, int n) { printf("%.*f\n", n, x); } };
static Port Serial;
static inline void delay(unsigned long) {}
]])
tap.write(build .. "/arduino/main.cpp", '#include <Arduino.h>\n#include "logic.ino"\nint main() { setup(); for (int i = 0; i < 5; i++) loop(); }\n')
local sketch = build .. "/examples/arduino/logic"
succeeds("examples/arduino: generate", at .. "arduino/logic && ./generate")
succeeds("examples/arduino: the sketch learns", ("gcc -std=gnu11 -Os -c -o %s/arduino/net.o %s/net.c && g++ -std=gnu++11 -Os -Wall -Wextra -I%s/arduino -I%s -o %s/arduino/run %s/arduino/main.cpp %s/arduino/net.o && %s/arduino/run | tail -n 4 | tr '\\n' ' '"):format(
    build, sketch, build, sketch, build, build, build, build), "0.000 1.000 1.000 0.000")
for _, board in ipairs {{"avr-gcc", "-mmcu=atmega2560"}, {"arm-none-eabi-gcc", "-mcpu=cortex-m0plus -mthumb"}} do
    if has(board[1]) then
        succeeds("examples/arduino: net.c with " .. board[1], ("%s %s -std=gnu11 -Os -Wall -Wextra -Werror -ffunction-sections -fdata-sections -c -o %s/arduino/board.o %s/net.c"):format(board[1], board[2], build, sketch))
    else
        skip("examples/arduino: net.c with " .. board[1], "it is not installed")
    end
end
tap.finish()
