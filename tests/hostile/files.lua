-- Files that are not what they should be: weights, data, pictures, maps, templates, models; folders, devices, pipes, nothing at all.
return function(hostile)
    local tap, build, expect = hostile.tap, hostile.build, hostile.expect
    local root = (tap.run("id -u")) == "0\n"
    os.execute(("mkdir -p %s/folder %s/bare && mkfifo %s/pipe && : > %s/empty && printf x > %s/locked && chmod 000 %s/locked"):format(build, build, build, build, build, build))
    local spec = hostile.spec("return model { input = '28x28x1', flatten {}, dense { 10, activation = 'softmax' } }", "net")
    tap.write(build .. "/x.npy", "not an array")

    -- What takes a file, with a hole for it, and what each kind of place gives: a pipe and a device are the system's refusal or wrong data.
    local takers = {
        {"weights", "@ eval " .. spec .. " --data shapes --weights %s"}, {"weights to convert", "@ weights " .. spec .. " --weights %s -o " .. build .. "/out.npz"},
        {"a map", "@ weights " .. spec .. " --weights " .. build .. "/w.safetensors --map %s"}, {"a model to import", "@ import %s -o " .. build .. "/imported.lua"},
        {"an input", "@ run " .. spec .. " --weights " .. build .. "/w.safetensors --input %s -o " .. build .. "/y.npy"}, {"arrays", "@ eval " .. spec .. " --weights " .. build .. "/w.safetensors --data %s,%s"},
        {"a spec", "@ check %s"}, {"a second spec", "@ diff " .. spec .. " %s"},
    }
    hostile.run(("@ train %s --data shapes --epochs 1 --quiet -o %s/w.safetensors"):format(hostile.spec("return model { input = '28x28x1', flatten {}, dense { 1, activation = 'sigmoid' } }", "one"), build))
    os.execute(("cp %s/one.lua %s/net.lua"):format(build, build))
    for _, taker in ipairs(takers) do
        for name, place in pairs {["nothing there"] = build .. "/nowhere", ["a folder"] = build .. "/folder", ["an empty file"] = build .. "/empty", ["/dev/null"] = "/dev/null", ["/dev/zero"] = "/dev/zero",
                                  ["a pipe without a writer"] = build .. "/pipe", ["a file below a file"] = build .. "/empty/file", ["a link to itself"] = build .. "/loop", ["an unreadable file"] = build .. "/locked"} do
            if place:find("loop", 1, true) then
                os.execute(("ln -sf loop %s"):format(place))
            end
            local title = taker[1] .. ": " .. name
            if name == "an unreadable file" and root then
                print("ok - " .. title .. " # SKIP root may read everything")
            else
                local out, err, status = hostile.run((taker[2]:gsub("%%s", place)))
                local count, placed = hostile.errors(err)
                -- an empty map and a map of zeros are right, and so is a folder of nothing for nobody
                local right = taker[1] == "a map" and status == 0
                tap.report(right or ((status == 1 or status == 3 or taker[1] == "a second spec" and status == 2) and count >= 1 and placed and #err < 3000), title, ("status %s, %d messages\n%s%s"):format(status, count, out:sub(1, 200), err:sub(1, 600)))
            end
        end
    end

    -- Data sets.
    for name, place in pairs {["an empty folder"] = build .. "/bare", ["a file"] = build .. "/empty", ["a device"] = "/dev/null", ["one comma"] = ",", ["ten commas"] = ",,,,,,,,,,", ["an empty name"] = "''",
                              ["a name of 100,000 characters"] = ("d"):rep(100000), ["a folder with a folder for a file"] = build .. "/folders"} do
        os.execute(("mkdir -p %s/folders/train-images-idx3-ubyte %s/folders/train-labels-idx1-ubyte"):format(build, build))
        expect("data: " .. name:gsub("%d+,%d+", "many"), ("@ eval %s --weights %s/w.safetensors --data %s"):format(spec, build, place), 1)
    end
    -- Files that announce more than they hold.
    local function npy(shape, kind)
        local head = ("{'descr': '%s', 'fortran_order': False, 'shape': (%s,), }"):format(kind or "<f4", shape)
        return "\x93NUMPY\x01\x00" .. string.pack("<I2", #head + 1) .. head .. "\n" .. ("\0"):rep(16)
    end
    for _, shape in ipairs {"9223372036854775807", "4611686018427387904, 4", "99999999999999999999999", "-1", "2147483647, 2147483647, 2147483647", "0, 9223372036854775807", ("1, "):rep(1000) .. "1"} do
        local path = tap.write(build .. "/huge.npy", npy(shape))
        expect("npy: " .. shape:sub(1, 60), ("@ run %s --weights %s/w.safetensors --input %s -o %s/y.npy"):format(spec, build, path, build), 1)
        expect("npy as weights: " .. shape:sub(1, 60), ("@ weights %s --weights %s"):format(spec, path), 1)
    end
    local function safetensors(json)
        return string.pack("<I8", #json) .. json
    end
    for name, text in pairs {
        ["a size beyond everything"] = string.pack("<I8", 0xffffffffffffffff - 7) .. "{}", ["a header of 100 MB that is not there"] = string.pack("<I8", 100000000) .. "{}",
        ["a shape that wraps"] = safetensors('{"dense1.kernel":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}'),
        ["a shape of zero and infinity"] = safetensors('{"dense1.kernel":{"dtype":"F32","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,0]}}'),
        ["offsets that wrap"] = safetensors('{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775804,9223372036854775807]}}'),
        ["100,000 brackets"] = safetensors(("["):rep(100000)), ["100,000 objects"] = safetensors(('{"a":'):rep(100000)),
        ["100,000 tensors"] = safetensors((function() local t = {} for k = 1, 100000 do t[k] = ('"t%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'):format(k) end return "{" .. table.concat(t, ",") .. "}" end)()),
        ["100,000 wrong tensors"] = safetensors((function() local t = {} for k = 1, 100000 do t[k] = ('"t%d":{}'):format(k) end return "{" .. table.concat(t, ",") .. "}" end)()),
        ["a name of a megabyte"] = safetensors('{"' .. ("n"):rep(1000000) .. '":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
        ["numbers beyond 64 bits"] = safetensors('{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,99999999999999999999999]}}'),
    } do
        expect("safetensors: " .. name, ("@ weights %s --weights %s"):format(spec, tap.write(build .. "/bad.safetensors", text)), 1)
    end
    -- A bomb: a kilobyte of gzip that says it holds gigabytes, and one that does.
    os.execute(("mkdir -p %s/bomb && head -c 300000000 /dev/zero | gzip -9 > %s/bomb/train-images-idx3-ubyte.gz && printf '\\0\\0\\10\\1\\0\\0\\0\\1\\3' > %s/bomb/train-labels-idx1-ubyte"):format(build, build, build))
    expect("gzip: 300 MB of zeros", ("@ eval %s --weights %s/w.safetensors --data %s/bomb"):format(spec, build, build), 1)
    os.execute(("printf '\\37\\213\\10\\0\\0\\0\\0\\0\\0\\3\\3\\0\\0\\0\\0\\0\\377\\377\\377\\377' > %s/bomb/train-images-idx3-ubyte.gz"):format(build))
    expect("gzip: four gigabytes announced", ("@ eval %s --weights %s/w.safetensors --data %s/bomb"):format(spec, build, build), 1, "gzip")
    for name, text in pairs {["PGM of 2^62 pixels"] = "P5 2147483648 2147483648 255\n", ["PGM of negative size"] = "P5 -1 -1 255\n", ["a PGM without an end of its comment"] = "P5 #" .. ("c"):rep(100000),
                             ["PNG of 2^31 pixels a side"] = "\x89PNG\r\n\26\n\0\0\0\rIHDR\127\255\255\255\127\255\255\255\8\6\0\0\0\0\0\0\0"} do
        local path = tap.write(build .. "/bad" .. (text:find("PNG") and ".png" or ".pgm"), text)
        expect("picture: " .. name, ("@ run %s --weights %s/w.safetensors --input %s -o %s/y.npy"):format(spec, build, path, build), 1)
    end
    -- Templates.
    expect("templates: no folder", ("@ %s --templates %s/nowhere -o %s/t.c"):format(spec, build, build), 1)
    expect("templates: an empty folder", ("@ %s --templates %s/bare -o %s/t.c"):format(spec, build, build), 1)
    expect("templates: a file", ("@ %s --templates %s/empty -o %s/t.c"):format(spec, build, build), 1)
    os.execute(("cp -r templates %s/templates && printf '%%%% error({})\\n' > %s/templates/source.c.t"):format(build, build))
    expect("templates: an error that is a table", ("@ %s --templates %s/templates -o %s/t.c"):format(spec, build, build), 1)
    os.execute(("printf 'int x = ${0/0};\\n' > %s/templates/source.c.t"):format(build))
    expect("templates: a hole that is no number", ("@ %s --templates %s/templates -o %s/t.c"):format(spec, build, build), 1, "a hole must be")
    os.execute(("printf 'int x = ${;\\n' > %s/templates/source.c.t"):format(build))
    expect("templates: a hole that is not closed", ("@ %s --templates %s/templates -o %s/t.c"):format(spec, build, build), 1, "not closed")
    tap.report(not tap.read(build .. "/t.c") and not tap.read(build .. "/t.h"), "templates: no output of wrong ones", "there is one")
    hostile.nothing_left("files")
end
