-- export.lua - `cnngen export`: every spec and every case of tests/layers/ as Python that compiles; with PyTorch or Keras there, outputs
-- and training steps beside the generated C.
-- usage: lua5.4 tests/export.lua CNNGEN BUILD_DIR [filter | all]
-- CNNGEN_PYTHON: the interpreter (python3).
local tap = dofile("tests/tap.lua")
local cnngen, build, filter = arg[1], arg[2], arg[3]
local python = os.getenv("CNNGEN_PYTHON") or "python3"
local EVERY = 9 -- without a filter every ninth case of a kind is computed; all are written
local kinds = {"activation", "conv1d", "conv2d", "dense", "depthwise", "graph", "grouped", "group_norm", "layer_norm", "norm", "other", "planes", "pool", "prelu",
               "resize", "training"}
os.execute("rm -rf " .. build .. " && mkdir -p " .. build)

local function has(module)
    local _, _, status = tap.run(("%s -c 'import %s'"):format(python, module))
    return status == 0
end
local _, _, is_there = tap.run(python .. " -c ''")
local frameworks = {torch = has("numpy, torch"), keras = has("numpy, keras")}

-- What only one framework can say; everything else must be written.
local function refused_by_keras(text)
    return text:find("conv%dd_transpose %b{}") and text:find("stride = %S-[2-9]") and text:find("dilation = %S-[2-9]") or
        (text:find("weight_decay", 1, true) and not text:find("optimizer = sgd") and not text:find("optimizer = adamw"))
end

-- Names that mean something in Python, and values that are flattened for others than dense layers.
local own = {
    {name = "names", text = "input = '6x6x2', batch = 2, conv2d { 3, kernel = 2, name = 'x' }, batch_norm { name = 'train' }, conv2d { 3, kernel = 1, name = 'F' }, " ..
        "residual { conv2d { 3, kernel = 1, name = 'lambda' }, name = 'image' }, add { {}, { from = 'F' }, { from = 'x' }, name = 'np' }, flatten { name = 'None' }, dense { 2, name = 'type' }, dense { 2, name = 'type_' }"},
    {name = "flattened twice, side by side", text = "input = '4x5x3', batch = 2, concat { { flatten {} }, { maxpool2d { 2 }, flatten {} } }, dense { 3 }"},
    {name = "flattened for a norm and dense", text = "input = '4x5x3', batch = 3, conv2d { 4, kernel = 2 }, flatten {}, layer_norm {}, prelu {}, batch_norm { activation = 'gelu' }, dense { 3 }"},
    {name = "flattened for dense and a sum", text = "input = '3x2x3', batch = 2, conv2d { 4, kernel = 1 }, flatten { name = 'f' }, dense { 24 }, add { {}, 'f' }, dense { 3 }"},
    {name = "flattened for a product that is an output", text = "input = '3x2x3', batch = 2, flatten { name = 'f' }, dense { 18, activation = 'sigmoid' }, mul { {}, 'f' }"},
    {name = "flattened last", text = "input = '3x2x3', batch = 2, conv2d { 4, kernel = 1 }, flatten {}"},
    {name = "flattened rows", text = "input = '7x3', batch = 2, conv1d { 4, kernel = 2 }, flatten {}, prelu {}, dense { 3 }"},
    {name = "a name with a digit, one channel", text = "input = '5x4x1', batch = 2, flatten {}, dense { 20 }, reshape { '5x4x1' }, conv2d { 2, kernel = 3 }"},
}

-- Every case: as Python, and some as C.
local list, compile, exported, refused, wrong = {}, {}, 0, 0, {}
local function add(title, case, is_computed)
    local id = ("e%04d"):format(exported + 1)
    exported = exported + 1
    local spec = tap.write(("%s/%s.lua"):format(build, id), (case.before or "") .. "return model { " .. case.text .. " }\n")
    for _, framework in ipairs {"torch", "keras"} do
        local _, err, status = tap.run(("%s export %s --framework %s -o %s/%s_%s.py"):format(cnngen, spec, framework, build, id, framework))
        local excused = status == 1 and framework == "keras" and refused_by_keras(case.text) and err:find(id .. ".lua:%d+:%d+: error: ")
        refused = refused + (excused and 1 or 0)
        if status ~= 0 and not excused then
            wrong[#wrong + 1] = title .. " for " .. framework .. ": " .. err
        end
    end
    if is_computed and (frameworks.torch or frameworks.keras) then
        local trains = not case.text:find("dropout", 1, true) -- it drops other values
        list[#list + 1] = ("%s\t%d\t%d\t%s\n"):format(id, case.text:match("batch = (%d+)") or 1, trains and 1 or 0, title)
        compile[#compile + 1] = ("%s %s/%s.lua --real double --standalone -o %s/%s.c 2> /dev/null && "):format(cnngen, build, id, build, id) ..
            ("cc -O0 -w -DHEADER='\"%s.h\"' -DNAME=%s -DUPPER=%s -I%s -o %s/%s tests/export_main.c %s/%s.c\n"):format(id, id, id:upper(), build, build, id, build, id)
    end
end
for _, case in ipairs(own) do
    add("own/" .. case.name, case, true)
end
for _, kind in ipairs(kinds) do
    for n, case in ipairs(dofile("tests/layers/" .. kind .. ".lua")) do
        local title = kind .. "/" .. case.name
        if not filter or filter == "all" or title:find(filter, 1, true) then
            add(title, case, filter or n % EVERY == 1)
        end
    end
end
tap.report(#wrong == 0, ("%d of %d cases for two frameworks are written, Keras refuses the others with their place"):format(exported * 2 - refused, exported * 2),
    table.concat(wrong, "\n"))

-- Every spec.
for spec in (filter and "" or tap.run("cd specs && ls *.lua")):gmatch("(%w[%w_]*)%.lua") do
    for _, framework in ipairs {"torch", "keras"} do
        local _, err, status = tap.run(("%s export specs/%s.lua --framework %s -o %s/%s_%s.py"):format(cnngen, spec, framework, build, spec, framework))
        tap.report(status == 0, ("%s for %s"):format(spec, framework), err)
    end
end

-- What cannot be said, and wrong usage.
local function refuse(name, text, options, status, message)
    local path = tap.write(build .. "/refused.lua", "return model {\n" .. text .. "\n}\n")
    local _, err, s = tap.run(("%s export %s %s"):format(cnngen, path, options))
    tap.report(s == status and err:find(message, 1, true) and not tap.read(build .. "/refused.py"), name, s .. ": " .. err)
end
local to = " -o " .. build .. "/refused.py"
refuse("a stride and a dilation, transposed", "input = '4x4x1',\nconv2d_transpose { 2, kernel = 2, stride = 2, dilation = '1x3' }", "--framework keras" .. to, 1,
    "refused.lua:3:58: error: conv_transpose1: a transposed convolution in Keras has a stride or a dilation, not both")
refuse("weight decay of adam", "input = '4', dense { 2 },\noptimizer = adam { weight_decay = 0.1 }", "--framework keras" .. to, 1,
    "refused.lua:3:18: error: model: weight_decay of adam adds to the gradient")
refuse("no output", "input = '4', dense { 2 }", "", 2, "export needs -o MODEL.py")
refuse("no such framework", "input = '4', dense { 2 }", "--framework tensorflow" .. to, 2, "--framework knows no 'tensorflow'")
refuse("options of the C", "input = '4', dense { 2 }", "--inference" .. to, 2, "--inference does not go with this command")
refuse("a wrong spec", "input = '4', conv2d { 2, kernel = 1 }", to, 1, "conv2d needs a 2D input")

-- All of it is Python.
if is_there == 0 then
    tap.write(build .. "/parse.py", [[
import ast, glob, sys
files = sorted(glob.glob(sys.argv[1] + "/*_torch.py") + glob.glob(sys.argv[1] + "/*_keras.py"))
for path in files:
    with open(path) as file:
        text = file.read()
    ast.parse(text, path)
    compile(text, path, "exec")
    longest = max(map(len, text.splitlines()))
    if longest > 160 or any(line != line.rstrip() for line in text.splitlines()):
        sys.exit(f"{path}: a line of {longest} columns, or space at its end")
print(len(files))
]])
    local out, err, status = tap.run(("%s %s/parse.py %s"):format(python, build, build))
    tap.report(status == 0 and (tonumber(out) or 0) > 0, ("all %s files are Python"):format(out:match("%d+") or 0), err)
else
    print("ok - files are Python # SKIP no " .. python)
end

-- The one command for whoever wants to see that both are the same: weights of cnngen in, its outputs beside those of Python.
local function parity(framework, spec)
    local model, at = ("%s/%s_%s.py"):format(build, spec, framework), ("%s/%s"):format(build, spec)
    local json = tap.run(("%s summary --json specs/%s.lua"):format(cnngen, spec))
    local shape, size, values = {}, 2, {}
    for n in json:match('"input": %[(.-)%]'):gmatch("%d+") do
        shape[#shape + 1], size = math.tointeger(n), size * n
    end
    for i = 1, size do
        values[i] = math.sin(i * i) -- neither order nor size in common with any axis
    end
    tap.write_npy(at .. ".x.npy", {2, table.unpack(shape)}, values)
    local _, err, status = tap.run(("%s %s --save %s.safetensors && CFLAGS=-O1 %s run specs/%s.lua --weights %s.safetensors --input %s.x.npy -o %s.y.npy --quiet"):format(
        python, model, at, cnngen, spec, at, at, at))
    local out, e, s = tap.run(("%s %s --weights %s.safetensors --input %s.x.npy --compare %s.y.npy --save %s.again"):format(python, model, at, at, at, at))
    tap.report(status == 0 and s == 0, ("%s: %s: python MODEL.py --weights --input --compare: %s"):format(framework, spec, out:match("[^\n]*")), err .. out .. e)
    tap.report(tap.read(at .. ".again") == tap.read(at .. ".safetensors"), ("%s: %s: the weights saved are those loaded"):format(framework, spec), "files differ")
    return at, model
end
for _, framework in ipairs(filter and {} or {"torch", "keras"}) do
    for _, spec in ipairs(frameworks[framework] and {"mnist", "packets", "resnet8", "unet_small"} or {}) do
        parity(framework, spec)
    end
end

-- A network trained here goes on in PyTorch; a state dict comes back under PyTorch's own names. And what does not fit is told.
if frameworks.torch and not filter then
    local _, _, trained = tap.run(("%s train specs/shapes.lua --data shapes --epochs 1 --quiet -o %s/trained.safetensors"):format(cnngen, build))
    tap.write(build .. "/state.py", [[
import sys, shapes_torch as shapes
model = shapes.build()
shapes.load_weights(model, sys.argv[1])
shapes.write_safetensors(sys.argv[2], {name: value.numpy() for name, value in model.state_dict().items()})
]])
    local _, err, status = tap.run(("cd %s && %s state.py trained.safetensors state.safetensors"):format(build, python))
    local values = {}
    for i = 1, 5 * 784 do
        values[i] = math.sin(i * i)
    end
    tap.write_npy(build .. "/x.npy", {5, 28, 28, 1}, values)
    local function outputs(weights)
        local out, e = tap.run(("CFLAGS=-O1 %s run specs/shapes.lua --weights %s/%s.safetensors --input %s/x.npy --quiet"):format(cnngen, build, weights, build))
        return out .. e
    end
    tap.report(trained == 0 and status == 0 and outputs("trained") == outputs("state") and #outputs("state") > 20, "shapes: trained here, through a state dict and back", err .. outputs("state"))
    local _, e, s = tap.run(("%s %s/shapes_torch.py --weights %s/mnist.safetensors"):format(python, build, build))
    tap.report(s == 1 and e:find("conv1.kernel is (3, 3, 1, 32), the network needs (3, 3, 1, 2)", 1, true), "weights of another network are refused", e)
    tap.write_npy(build .. "/y.npy", {5, 1}, {0, 0, 0, 0, 0})
    local o, _, differs = tap.run(("%s %s/shapes_torch.py --weights %s/trained.safetensors --input %s/x.npy --compare %s/y.npy"):format(python, build, build, build, build))
    tap.report(differs == 1 and o:find("largest difference", 1, true), "other outputs are told by the status", o)
end

-- Outputs and training steps.
tap.write(build .. "/cases.txt", table.concat(list))
tap.write(build .. "/compile.txt", table.concat(compile))
if #compile > 0 then
    local _, err, status = tap.run(("xargs -P 2 -d '\\n' -n 1 sh -c < %s/compile.txt"):format(build))
    tap.report(status == 0, #compile .. " cases compile as C", err)
end
for _, framework in ipairs {"torch", "keras"} do
    if frameworks[framework] then
        local _, _, status = os.execute(("%s tests/export.py %s %s"):format(python, framework, build))
        tap.failures = tap.failures + (status == 0 and 0 or 1)
    else
        print(("ok - %s computes what cnngen does # SKIP %s has no %s"):format(framework, python, framework))
    end
end
tap.finish()
