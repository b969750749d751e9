-- export.lua - `cnngen export`: every spec and every case of tests/layers/ as Python that compiles; with PyTorch or Keras there, outputs
-- and training steps beside the generated C.
-- usage: lua5.4 tests/export.lua CNNGEN BUILD_DIR [filter | all]
-- CNNGEN_PYTHON: the interpreter (python3).
local tap = dofile("tests/tap.lua")
local reference = dofile("tests/reference.lua")
local cnngen, build, filter = arg[1], arg[2], arg[3]
local python = os.getenv("CNNGEN_PYTHON") or "python3"
local EVERY = 6 -- without a filter every sixth case of a kind is computed; all are written
local kinds = {"activation", "conv1d", "conv2d", "dense", "depthwise", "graph", "grouped", "layer_norm", "norm", "other", "pool", "prelu",
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

-- Every case: as Python, and some as C.
local list, compile, exported, refused, wrong = {}, {}, 0, 0, {}
for _, kind in ipairs(kinds) do
    for n, case in ipairs(dofile("tests/layers/" .. kind .. ".lua")) do
        local title = kind .. "/" .. case.name
        if not filter or filter == "all" or title:find(filter, 1, true) then
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
            if (filter or n % EVERY == 1) and (frameworks.torch or frameworks.keras) then
                local network = reference.load(case.text, case.before)
                -- Dropout drops other values, and PyTorch's norms refuse one value a channel.
                local trains = not case.text:find("dropout", 1, true)
                list[#list + 1] = ("%s\t%d\t%d\t%s\n"):format(id, network.batch, trains and 1 or 0, title)
                compile[#compile + 1] = ("%s %s/%s.lua --real double --standalone -o %s/%s.c && cc -O0 -w -DHEADER=\\\"%s.h\\\" -DNAME=%s -DUPPER=%s -I%s -o %s/%s tests/export_main.c %s/%s.c\n"):format(
                    cnngen, build, id, build, id, id, id, id:upper(), build, build, id, build, id)
            end
        end
    end
end
tap.report(#wrong == 0, ("%d cases of tests/layers are written, %d are refused by Keras with a place"):format(exported * 2 - refused, refused), table.concat(wrong, "\n"))

-- Every spec.
local specs = filter and {} or tap.run("cd specs && ls *.lua"):gmatch("(%w[%w_]*)%.lua")
for spec in filter and function() end or specs do
    for _, framework in ipairs {"torch", "keras"} do
        local _, err, status = tap.run(("%s export specs/%s.lua --framework %s -o %s/%s_%s.py"):format(cnngen, spec, framework, build, spec, framework))
        tap.report(status == 0, ("%s for %s"):format(spec, framework), err)
    end
end

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
