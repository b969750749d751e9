-- round_trip.lua - a model trained here goes on in PyTorch and in Keras: the same outputs where it comes in, after some training steps
-- there and here on the same data with the same optimizer, and where it comes back.
-- usage: lua5.4 tests/round_trip.lua CNNGEN BUILD_DIR
-- CNNGEN_PYTHON: the interpreter (python3).
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
local python = os.getenv("CNNGEN_PYTHON") or "python3"
local STEPS = 8
os.execute("rm -rf " .. build .. " && mkdir -p " .. build)

local networks = {
    {name = "momentum", batch = 16, input = {9, 8, 3}, outputs = 4, frameworks = {"torch", "keras"}, text = [[
return model { input = "9x8x3", batch = 16, optimizer = momentum { lr = 0.02 },
  conv2d { 8, kernel = 3, padding = "same" }, batch_norm { activation = "relu", momentum = 0.9 },
  residual { conv2d { 12, kernel = 3, padding = "same", stride = 2, bias = false }, batch_norm { momentum = 0.9 }, shortcut = { conv2d { 12, kernel = 1, stride = 2 } }, activation = "relu" },
  concat { { depthwise_conv2d { 3, padding = 1 }, conv2d { 5, kernel = 1 } }, { conv2d { 5, kernel = 1, activation = "tanh" } } },
  group_norm { 5 }, prelu {}, flatten {}, dense { 11, activation = "softsign" }, layer_norm {}, dense { 4, activation = "softmax" } }
]]},
    {name = "planes", batch = 12, input = {3, 7, 6}, outputs = 3, frameworks = {"torch", "keras"}, text = [[
return model { input = "7x6x3", input_layout = "chw", batch = 12, optimizer = sgd { lr = 0.05 }, loss = "mse",
  reflect_padding2d { 1 }, conv2d { 6, kernel = 3, activation = "gelu_tanh" }, instance_norm {}, edge_padding2d { { 0, 1, 1, 0 } },
  conv2d_transpose { 5, kernel = 2, stride = 2 }, thresholded_relu { 0.1 }, maxpool2d { 2 }, global_avgpool2d {}, dense { 3 } }
]]},
    {name = "adam", batch = 16, input = {8, 8, 2}, outputs = 3, frameworks = {"torch"}, text = [[
return model { input = "8x8x2", batch = 16, optimizer = adamw { lr = 3e-3, weight_decay = 0.01 },
  conv2d { 8, kernel = 3, activation = "silu" }, batch_norm { momentum = 0.9 }, maxpool2d { 2 }, flatten {}, dense { 9, activation = "elu" }, dense { 3, activation = "softmax" } }
]]},
}

local seed = 99
local function random()
    seed = (seed * 1103515245 + 12345) % 2147483648
    return (seed >> 8) % 4001 / 2000 - 1
end
local function packed(list)
    local parts = {}
    for i, v in ipairs(list) do parts[i] = string.pack("<f", v) end
    return table.concat(parts)
end
local function floats(text, first, count)
    local list = {}
    for i = 1, count do list[i] = string.unpack("<f", text, 4 * (first + i) - 3) end
    return list
end
local function has(module)
    local _, _, status = tap.run(("KERAS_BACKEND=${KERAS_BACKEND:-torch} %s -c 'import %s'"):format(python, module))
    return status == 0
end
local there = {torch = has("numpy, torch"), keras = has("numpy, h5py, keras")}
local worst = 0

-- The largest difference of two lists.
local function difference(a, b)
    local most = #a == #b and #a > 0 and 0 or math.huge
    for i = 1, #a == #b and #a or 0 do
        most = math.max(most, math.abs(a[i] - b[i]))
    end
    return most
end
local function close(name, a, b)
    local d = difference(a, b)
    worst = math.max(worst, d)
    tap.report(d <= 1e-5, name, d)
end

-- Samples that mean something: the class is where the sum of the sines is.
local function samples(network, count)
    local n = 1
    for _, d in ipairs(network.input) do n = n * d end
    local inputs, targets = {}, {}
    for _ = 1, count do
        local class = (seed >> 12) % network.outputs
        for i = 1, n do inputs[#inputs + 1] = random() / 2 + 0.4 * math.sin(i * (class + 1)) end
        for k = 0, network.outputs - 1 do targets[#targets + 1] = k == class and 1 or 0 end
    end
    return inputs, targets
end

for _, network in ipairs(networks) do
    local name, at = network.name, build .. "/" .. network.name
    local spec, batch = tap.write(at .. ".lua", network.text), network.batch
    local size = 1
    for _, d in ipairs(network.input) do size = size * d end
    -- Trained here.
    local x, t = samples(network, 8 * batch)
    tap.write_npy(at .. ".x.npy", {8 * batch, table.unpack(network.input)}, x)
    tap.write_npy(at .. ".t.npy", {8 * batch, network.outputs}, t)
    local _, err, status = tap.run(("CFLAGS=-O1 %s train %s --data %s.x.npy,%s.t.npy --epochs 3 --validation 0.2 --quiet -o %s.safetensors"):format(cnngen, spec, at, at, at))
    tap.report(status == 0, name .. ": trained", err)
    for _, out in ipairs {"npy", "torch.safetensors --names torch", "weights.h5"} do
        local _, e, s = tap.run(("%s weights %s --weights %s.safetensors -o %s.%s"):format(cnngen, spec, at, at, out))
        tap.report(s == 0, name .. ": as " .. out, e)
    end
    -- Goes on here: the outputs after STEPS batches, and before.
    local trained = tap.read_npy(at .. ".npy")
    local bx, bt = samples(network, STEPS * batch)
    local px = samples(network, batch)
    tap.write_npy(at .. ".bx.npy", {STEPS, batch, table.unpack(network.input)}, bx)
    tap.write_npy(at .. ".bt.npy", {STEPS, batch, network.outputs}, bt)
    tap.write_npy(at .. ".px.npy", {batch, table.unpack(network.input)}, px)
    local function here(steps)
        local input = {packed(trained)}
        for s = 0, steps - 1 do
            input[#input + 1] = packed(table.move(bx, s * batch * size + 1, (s + 1) * batch * size, 1, {}))
            input[#input + 1] = packed(table.move(bt, s * batch * network.outputs + 1, (s + 1) * batch * network.outputs, 1, {}))
        end
        tap.write(at .. ".in", table.concat(input) .. packed(px))
        local _, e, s = tap.run(("%s %s --standalone -o %s.c && cc -O1 -DHEADER='\"%s.h\"' -DNAME=%s -DUPPER=%s -DSTEPS=%d -I%s -o %s.program tests/round_trip.c %s.c && %s.program < %s.in > %s.out"):format(
            cnngen, spec, at, name, name, name:upper(), steps, build, at, at, at, at, at))
        tap.report(s == 0, ("%s: %d steps here"):format(name, steps), e)
        local out = tap.read(at .. ".out")
        return #out == 4 * (#trained + batch * network.outputs) and floats(out, #trained, batch * network.outputs) or {}
    end
    local before, after = here(0), here(STEPS)
    tap.report(difference(before, after) > 1e-3, name .. ": the steps matter", difference(before, after))
    -- There and back.
    for _, framework in ipairs(network.frameworks) do
        if not there[framework] then
            print(("ok - %s: goes on in %s # SKIP %s has not all that it needs"):format(name, framework, python))
        else
            local what = name .. " in " .. framework .. ": "
            local _, e, s = tap.run(("%s export %s --framework %s -o %s_%s.py"):format(cnngen, spec, framework, at, framework))
            local _, pe, ps = tap.run(("KERAS_BACKEND=${KERAS_BACKEND:-torch} %s tests/round_trip.py %s %s %s"):format(python, framework, build, name))
            if tap.report(s == 0 and ps == 0, what .. "the Python came to its end", e .. pe:sub(-1500)) then
                local there_after = tap.read_npy(("%s.%s.after.npy"):format(at, framework))
                close(what .. "the outputs of the model trained here", tap.read_npy(("%s.%s.before.npy"):format(at, framework)), before)
                close(("%sthe outputs after %d steps there and here"):format(what, STEPS), there_after, after)
                for _, back in ipairs(framework == "torch" and {"torch.back.safetensors", "torch.own.safetensors"} or {"keras.back.weights.h5", "keras.own.safetensors"}) do
                    local _, re, rs = tap.run(("CFLAGS=-O1 %s run %s --weights %s.%s --input %s.px.npy -o %s.y.npy --quiet"):format(cnngen, spec, at, back, at, at))
                    tap.report(rs == 0, what .. back .. " is read here", re)
                    close(what .. "the outputs here of " .. back, rs == 0 and tap.read_npy(at .. ".y.npy") or {}, there_after)
                end
            end
        end
    end
end
print(("# round trips, cases of outputs with the largest difference %.2g"):format(worst))
tap.finish()
