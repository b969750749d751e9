-- A system that refuses: full disks, closed pipes, interrupts, compilers that are missing, fail or hang.
return function(hostile)
    local tap, build, expect = hostile.tap, hostile.build, hostile.expect
    local spec = hostile.spec("return model { input = '28x28x1', flatten {}, dense { 1, activation = 'sigmoid' } }", "net")
    os.execute(("mkdir -p %s/out"):format(build))
    local function outputs()
        return (tap.run("ls -A " .. build .. "/out"))
    end
    hostile.run(("@ train %s --data shapes --epochs 1 --quiet -o %s/w.safetensors"):format(spec, build))
    tap.write_npy(build .. "/x.npy", {1, 28, 28, 1}, (function() local t = {} for k = 1, 784 do t[k] = k / 784 end return t end)())

    -- Everything that writes, with a hole for where to.
    local writers = {
        {"c", ("@ %s -o %%s"):format(spec)}, {"c", ("@ %s --weights %s/w.safetensors --standalone -o %%s"):format(spec, build)}, {"safetensors", ("@ train %s --data shapes --epochs 1 --quiet -o %%s"):format(spec)},
        {"npz", ("@ weights %s --weights %s/w.safetensors -o %%s"):format(spec, build)}, {"weights.h5", ("@ weights %s --weights %s/w.safetensors -o %%s"):format(spec, build)},
        {"npy", ("@ run %s --weights %s/w.safetensors --input %s/x.npy -o %%s"):format(spec, build, build)}, {"html", ("@ report %s --weights %s/w.safetensors -o %%s"):format(spec, build)}, {"py", ("@ export %s -o %%s"):format(spec)},
    }
    for number, writer in ipairs(writers) do
        local kind, line = writer[1], writer[2]
        local function to(path)
            return (line:gsub("%%s", function() return path end))
        end
        local title = ("writer %d (%s): "):format(number, kind)
        expect(title .. "a folder that is not there", to(build .. "/no/where." .. kind), 3)
        expect(title .. "a folder in its place", to(build .. "/folder." .. kind):gsub("@", "mkdir -p " .. build .. "/folder." .. kind .. "; @", 1), 3, "folder")
        -- RLIMIT_FSIZE: a disk that is full in the middle of the file
        local _, err, status = hostile.run("m=$( (ulimit -f 0; trap \"\" XFSZ; exec " .. to(build .. "/out/x." .. kind) .. ") 2>&1); s=$?; echo \"$m\" >&2; exit $s")
        tap.report(status == 3 and hostile.errors(err) >= 1 and outputs() == "", title .. "a full disk leaves no file", tostring(status) .. err .. outputs())
        os.execute("ln -sf /dev/full " .. build .. "/full." .. kind)
        expect(title .. "/dev/full", to(build .. "/full." .. kind), 3, "No space left")
        -- a link stays one, also to a file that is not there yet
        tap.run(("cd %s && mkdir -p real && rm -f real/* && ln -sf real/target.%s link.%s"):format(build, kind, kind))
        local _, e, s = hostile.run(to(build .. "/link." .. kind))
        local is_link = tap.run(("test -L %s/link.%s && test -s %s/real/target.%s && echo yes; ls -A %s/real"):format(build, kind, build, kind, build))
        tap.report(s == 0 and is_link:find("^yes\ntarget%.[%w.]+\n$") ~= nil, title .. "a symbolic link stays", tostring(s) .. e .. is_link)
        os.execute(("rm -rf %s/link.* %s/full.*"):format(build, build))
    end
    local mounted = tap.run(("mkdir -p %s/disk && mount -t tmpfs -o size=16k tmpfs %s/disk 2>/dev/null && echo yes"):format(build, build))
    if mounted == "yes\n" then
        expect("a disk of 16 kilobytes", ("@ %s --standalone -o %s/disk/x.c"):format("specs/mnist.lua", build), 3, "No space left")
        local left = tap.run("ls -A " .. build .. "/disk")
        os.execute("umount " .. build .. "/disk")
        tap.report(left == "", "a disk of 16 kilobytes: nothing is left on it", left)
    else
        print("ok - a disk of 16 kilobytes # SKIP no right to mount one")
    end
    expect("no folder for temporary files", ("TMPDIR=%s/nowhere @ eval %s --weights %s/w.safetensors --data shapes"):format(build, spec, build), 3)
    expect("a file for temporary files", ("TMPDIR=%s/net.lua @ eval %s --weights %s/w.safetensors --data shapes"):format(build, spec, build), 3)

    -- Pipes that nobody reads.
    for _, arguments in ipairs {"summary specs/resnet50.lua", "check --dump=plan specs/resnet50.lua", "summary --json specs/resnet50.lua", "--help", "check --sarif specs/resnet50.lua"} do
        local out = hostile.run(("{ @ %s; echo $? >&3; } 3>&1 | true"):format(arguments)) -- fd 3 goes where the pipe does not
        local _, err, status = hostile.run(("(trap \"\" PIPE; exec @ %s) 2>%s/pipe.err | true; cat %s/pipe.err >&2"):format(arguments, build, build))
        tap.report(out ~= nil and #err < 3000 and status == 0, "a closed pipe: " .. arguments, tostring(status) .. err)
    end
    local _, _, status = hostile.run("@ summary specs/mnist.lua > /dev/full")
    tap.report(status == 3, "/dev/full for standard output", tostring(status))

    -- Compilers.
    local eval = ("@ eval %s --weights %s/w.safetensors --data shapes"):format(spec, build)
    tap.write(build .. "/noisy", "#!/bin/sh\nwhile :; do echo 'this compiler says no again and again, and never stops saying it, whatever happens'; done\n")
    tap.write(build .. "/crash", "#!/bin/sh\nkill -SEGV $$\n")
    tap.write(build .. "/liar", "#!/bin/sh\nfor a; do case $a in *.so) echo nothing > $a ;; esac; done\n")
    tap.write(build .. "/slow", "#!/bin/sh\ntrap : INT\nsleep 100\n")
    os.execute(("chmod +x %s/noisy %s/crash %s/liar %s/slow"):format(build, build, build, build))
    for cc, text in pairs {["false"] = "refused", ["true"] = "cannot be loaded", ["/"] = "could not be run", ["/dev/null"] = "could not be run", [build .. "/crash"] = "could not be run", [build .. "/noisy"] = "",
                           [build .. "/liar"] = "cannot be loaded", ["cc -DA=1 --no-such-option"] = "refused", [("c"):rep(5000)] = "could not be run"} do
        expect("CC=" .. cc:gsub(build .. "/", ""):sub(1, 30), ("CC='%s' %s"):format(cc, eval):gsub("CC='([^']*)'", 'CC="%1"'), 3, text)
    end
    expect("CFLAGS of 10,000 words", ('CFLAGS="%s" '):format(("-DA "):rep(10000)) .. eval, 0)
    expect("no PATH", "PATH=/nowhere " .. eval, 3, "could not be run")
    hostile.nothing_left("compilers")

    -- Interrupts: while a compiler runs, while files are written, while a network is trained.
    for _, signal in ipairs {"INT", "TERM", "HUP"} do
        local line = ('CC=%s/slow @ train %s --data shapes --epochs 1 -o %s/out/w.safetensors & p=$!; sleep 1; kill -%s $p; wait $p; echo $?'):format(build, spec, build, signal)
        local before = os.time()
        -- a shell without job control makes its background jobs deaf to INT
        local out, err = hostile.run(signal == "INT" and ("CC=%s/slow timeout -s INT 1 @ train %s --data shapes --epochs 1 -o %s/out/w.safetensors; echo $?"):format(build, spec, build) or line)
        local number = out:match("(%d+)%s*$")
        tap.report(os.time() - before < 30 and number ~= "0" and outputs() == "", "SIG" .. signal .. " while the compiler runs", tostring(number) .. out .. err .. outputs())
        hostile.nothing_left("SIG" .. signal)
    end
    -- The output is old or new, whatever moment the signal comes.
    hostile.run(("@ specs/mnist.lua --standalone -o %s/out/m.c"):format(build))
    local old = tap.read(build .. "/out/m.c")
    hostile.run(("@ specs/mnist.lua --unroll none --standalone -o %s/out/m.c"):format(build))
    local new, wrong = tap.read(build .. "/out/m.c"), ""
    for k = 1, 25 do
        hostile.run(("timeout -s %s 0.%03d @ specs/mnist.lua %s --standalone -o %s/out/m.c"):format(k % 2 == 0 and "TERM" or "INT", 10 + k * 4, k % 2 == 0 and "--unroll none" or "", build))
        local now = tap.read(build .. "/out/m.c")
        wrong = wrong .. ((now ~= old and now ~= new) and "neither old nor new after " .. k or "")
    end
    tap.report(wrong == "" and outputs():find("^m%.c\nm%.h\n$") ~= nil, "signals while files are written", wrong .. outputs())
    os.execute("rm -f " .. build .. "/out/*")
    -- Signals once training goes on, which its first line on the terminal tells. Two within a second are one: timeout sends to the
    -- process and to its group. A batch takes long enough for the second to come before the weights are written.
    local slow = hostile.spec("return model { input = '28x28x1', conv2d { 16, kernel = 3 }, conv2d { 16, kernel = 3 }, flatten {}, dense { 1, activation = 'sigmoid' }, batch = 1600 }", "slow")
    for _, case in ipairs {{"INT", 1}, {"TERM", 1}, {"INT", 2}, {"TERM", 2}} do
        local signal, count = table.unpack(case)
        local name = ("SIG%s %s while training"):format(signal, count == 2 and "twice" or "once")
        local file = io.popen(("TMPDIR=%s/tmp; export TMPDIR; echo $$; exec %s train %s --data shapes --epochs 1000000 -o %s/out/w.safetensors 2>&1"):format(build, hostile.cnngen, slow, build))
        local pid = file:read("l")
        local told = file:read("l")
        os.execute(("kill -%s %s"):format(signal, pid) .. (count == 2 and ("; sleep 0.05; kill -%s %s"):format(signal, pid) or ""))
        local rest = file:read("a")
        local _, _, status = file:close()
        local _, err, good = hostile.run(("@ eval %s --weights %s/out/w.safetensors --data shapes"):format(slow, build))
        tap.report(status == 3 and rest:find("interrupted in epoch", 1, true) and good == 0 and outputs() == "w.safetensors\n", name .. ": the weights are whole",
            ("%s\n%s\nstatus %s, then %s\n%s%s"):format(told, rest:sub(-300), status, good, err, outputs()))
        os.execute("rm -f " .. build .. "/out/*")
        hostile.nothing_left(name)
    end
end
