-- ci.lua - what CI needs: check --sarif, diff, -MD, and the example workflow.
-- usage: lua5.4 tests/ci.lua CNNGEN BUILD_DIR
local tap, json = dofile("tests/tap.lua"), dofile("tests/json.lua")
local cnngen, build = arg[1], arg[2]
os.execute(("rm -rf %s && mkdir -p %s"):format(build, build))

local function spec(name, text)
    return tap.write(("%s/%s.lua"):format(build, name), text)
end

-- SARIF: the fields that the standard and GitHub's code scanning require, in every log.
local function valid(log)
    local run = log.runs[1]
    local driver = run.tool.driver
    assert(log.version == "2.1.0" and log["$schema"]:find("sarif-2.1.0", 1, true), "version")
    assert(log.runs.n == 1 and driver.name == "cnngen" and driver.version:match("^%d"), "tool")
    assert(run.columnKind == "unicodeCodePoints" and run.invocations[1].executionSuccessful ~= nil, "run")
    for _, rule in ipairs(driver.rules) do
        assert(rule.id and rule.shortDescription.text ~= "", "rule")
    end
    for _, r in ipairs(run.results) do
        assert(driver.rules[r.ruleIndex + 1].id == r.ruleId, "ruleId")
        assert(r.level == "error" or r.level == "warning", "level")
        assert(#r.message.text > 0 and r.locations.n == 1, "message and place")
        local place = r.locations[1].physicalLocation
        assert(place.artifactLocation.uri:match("^[%w%-._~/%%:]+$"), "uri")
        assert(place.region.startLine >= 1 and (place.region.startColumn or 1) >= 1, "region")
    end
    return run
end

local function sarif(name, arguments, status, test)
    local out, err, s = tap.run(("%s check --sarif %s"):format(cnngen, arguments))
    local good, why = pcall(function() return assert(test(valid(json.read(out))) ~= false, "not as expected") end)
    tap.report(s == status and good, "--sarif: " .. name, tostring(s) .. tostring(why) .. "\n" .. out .. err)
end

sarif("a right spec has no results", "specs/shapes.lua", 0, function(run) return run.results.n == 0 end)
sarif("several specs are one run", "specs/mnist.lua tests/golden/rule-contract-example.lua specs/shapes.lua nowhere.lua", 1, function(run)
    local a, b, c = run.results[1], run.results[2], run.results[3]
    local place = b.locations[1].physicalLocation
    return run.results.n == 3 and a.level == "warning" and b.level == "error" and b.ruleId == "network" and c.ruleId == "file"
        and place.artifactLocation.uri == "tests/golden/rule-contract-example.lua" and place.region.startLine == 5
        and place.region.startColumn == 13 and b.message.text:find("pool1: output height is 0\nout = floor", 1, true)
end)
sarif("all mistakes of a spec", "tests/golden/rule-three-mistakes.lua", 1, function(run) return run.results.n == 4 end)
sarif("no Lua", "tests/golden/spec-syntax-error.lua", 1, function(run) return run.results[1].ruleId == "spec" end)
sarif("a budget", "specs/mnist.lua --max-params 1K --max-flash 1K", 1, function(run)
    return run.results.n == 3 and run.results[2].ruleId == "budget" and run.results[3].ruleId == "budget"
end)
sarif("memory that is not enough", "specs/packets.lua --ram 1K", 1, function(run) return run.results[1].ruleId == "plan" end)
spec("ü net%", "return model { input = '4', dense { --[[ äöü ]] units = 0 } }\n")
sarif("names and columns beyond ASCII", ("'%s/ü net%%.lua'"):format(build), 1, function(run)
    local place = run.results[1].locations[1].physicalLocation
    return place.artifactLocation.uri:find("%C3%BC%20net%25.lua", 1, true) and place.region.startColumn == 57
end)
sarif("a full path", ("\"$PWD/%s/ü net%%.lua\""):format(build), 1, function(run)
    return run.results[1].locations[1].physicalLocation.artifactLocation.uri:find("^file:///")
end)
sarif("what is about the run is no result", "-D widht=3 specs/shapes.lua", 2, function(run)
    return run.results.n == 0 and run.invocations[1].executionSuccessful == false
        and run.invocations[1].toolExecutionNotifications[1].message.text:find("does not ask for it", 1, true)
end)

-- diff: as diff(1), 0 the same, 1 not, 2 trouble.
local function diff(name, a, b, options, status, test)
    local out, err, s = tap.run(("%s diff %s %s %s"):format(cnngen, options, a, b))
    local good, right = pcall(test or function() return true end, options:find("json") and json.read(out) or out, err)
    tap.report(s == status and good and right, "diff: " .. name, tostring(s) .. tostring(right) .. "\n" .. out .. err)
end

local head = "return model { input = '12x12x3', batch = 2, "
local one = spec("one", head .. "conv2d { 4, kernel = 3 }, conv2d { 8, kernel = 3, activation = 'relu' }, flatten {}, dense { 2 } }\n")
local same = spec("same", head .. "conv2d { 4, kernel = '3x3', stride = 1, activation = 'linear' }, conv2d { filters = 8, kernel = 3, activation = 'relu' }, flatten {}, dense { 2 } }\n")
local front = spec("front", head .. "conv2d { 5, kernel = 1 }, conv2d { 4, kernel = 3 }, conv2d { 8, kernel = 3, activation = 'relu' }, flatten {}, dense { 2 } }\n")
local wide = spec("wide", head .. "conv2d { 4, kernel = 3 }, conv2d { 8, kernel = 5, activation = 'tanh' }, flatten {}, dense { 2 } }\n")
local loss = spec("loss", head .. "loss = 'mae', optimizer = adam { lr = 0.5 }, conv2d { 4, kernel = 3 }, conv2d { 8, kernel = 3, activation = 'relu' }, flatten {}, dense { 2 } }\n")
diff("a spec and itself", one, one, "", 0, function(t) return t:find("are the same network", 1, true) end)
diff("the same written in another way", one, same, "", 0)
diff("-q prints nothing", one, wide, "-q", 1, function(t) return t == "" end)
diff("--quiet, the same", one, same, "--quiet", 0, function(t) return t == "" end)
diff("a changed layer", one, wide, "", 1, function(t)
    return t:find("~ conv2%s+activation relu %-> tanh, kernel 3x3 %-> 5x5, output 8x8x8 %-> 6x6x8, parameters 296 %-> 808")
        and t:find("parameters%s+1,434 %->%s+1,498  %+4.5 %%") and not t:find("conv1", 1, true)
end)
diff("a layer in front renames those behind it", one, front, "--json", 1, function(j)
    local l = j.layers
    return not j.equal and l.n == 3 and l[1].change == "added" and l[1].b == "conv1" and l[1].a == json.null
        and l[2].change == "changed" and l[2].a == "conv1" and l[2].b == "conv2" and l[2].changes[1].name == "parameters"
        and l[3].a == "conv2" and l[3].b == "conv3" and l[3].changes.n == 0
end)
diff("the other way it is removed", front, one, "--json", 1, function(j)
    return j.layers[1].change == "removed" and j.layers[1].a == "conv1" and j.layers[1].b == json.null
end)
diff("loss and optimizer", one, loss, "--json", 1, function(j)
    local named = {}
    for _, c in ipairs(j.changes) do
        named[c.name] = c.a .. "|" .. c.b
    end
    return j.layers.n == 0 and named.loss == "mse|mae" and named.optimizer == "sgd lr=0.01|adam lr=0.5 beta1=0.9 beta2=0.999 epsilon=1e-07"
        and j.totals.optimizer_bytes[2] > j.totals.optimizer_bytes[1]
end)
diff("the totals are those of summary", "specs/mnist.lua", "specs/vgg_small.lua", "--json", 1, function(j)
    local a = json.read((tap.run(cnngen .. " summary --json specs/mnist.lua")))
    local b = json.read((tap.run(cnngen .. " summary --json specs/vgg_small.lua")))
    for _, key in ipairs {"params", "trainable", "macs", "params_bytes", "scratch_bytes", "tape_bytes", "optimizer_bytes"} do
        assert(j.totals[key][1] == a[key] and j.totals[key][2] == b[key], key)
    end
    return true
end)
local branch = "conv2d { 3, kernel = 1, name = 'stem' }, conv2d { 3, kernel = 1, name = 'mid' }, conv2d { 3, kernel = 1, name = 'side', from = '%s' }, add { {}, 'mid', 'stem' } }\n"
local from1, from2 = spec("from1", head .. branch:format("stem")), spec("from2", head .. branch:format("mid"))
diff("what a layer reads", from1, from2, "", 1, function(t) return t:find("~ side%s+from stem %-> none\n") end)
diff("a wrong spec is 2", one, "tests/golden/rule-contract-example.lua", "", 2, function(t, err) return t == "" and err:find("output height is 0", 1, true) end)
diff("a missing spec is 2", "nowhere.lua", one, "-q", 2)
diff("one spec is 2", one, "", "", 2, function(_, err) return err:find("diff takes two specs, not 1", 1, true) end)
diff("three are 2", one, one .. " " .. one, "", 2)
diff("many layers", "specs/resnet18.lua", "specs/resnet50.lua", "-q", 1)

-- -MD
local function depend(name, options, output, file, expected)
    local _, err, status = tap.run(("%s %s -o '%s/%s' %s"):format(cnngen, one, build, output, options))
    local text = tap.read(build .. "/" .. file)
    tap.report(status == 0 and text == expected, "-MD: " .. name, tostring(text) .. err)
end
local out = build .. "/d.c"
depend("beside OUT.c", "-MD", "d.c", "d.d", ("%s %s: \\\n  %s\n"):format(out, out:gsub("c$", "h"), one))
depend("-MF", ("-MD -MF '%s/e x'"):format(build), "d.c", "e x", ("%s %s: \\\n  %s\n"):format(out, out:gsub("c$", "h"), one))
depend("names with blanks and $", "-MD", "a b$#.c", "a b$#.d", ("%s/a\\ b$$\\#.c %s/a\\ b$$\\#.h: \\\n  %s\n"):format(build, build, one))
tap.run(("%s train specs/shapes.lua --data shapes --epochs 1 --quiet -o '%s/w 1.safetensors'"):format(cnngen, build))
tap.run(("%s specs/shapes.lua --weights '%s/w 1.safetensors' --templates templates -MD -o %s/t.c"):format(cnngen, build, build))
local rule = tap.read(build .. "/t.d") or ""
tap.report(rule:find(" \\\n  specs/shapes.lua \\\n", 1, true) and rule:find("w\\ 1.safetensors", 1, true) and rule:find(" templates/source.c.t", 1, true)
    and rule:find(" templates/lib.lua", 1, true), "-MD: weights and templates", rule)
tap.write(build .. "/Makefile", ("%s/a\\ b$$\\#.c: ; @echo made\n-include %s/a\\ b$$\\#.d %s/t.d\n"):format(build, build, build))
local made = tap.run(("make --no-print-directory -f %s/Makefile -W %s '%s/a b$#.c'"):format(build, one, build))
local idle = tap.run(("make --no-print-directory -f %s/Makefile '%s/a b$#.c'"):format(build, build))
tap.report(made == "made\n" and idle:find("up to date", 1, true), "-MD: make reads it", made .. idle)
local stamps = {}
for _ = 1, 2 do
    tap.run(("touch -d 2001-01-01 %s/d.c %s/d.h %s/d.d"):format(build, build, build))
    tap.run(("%s %s -o %s/d.c -MD"):format(cnngen, one, build))
    stamps[#stamps + 1] = tap.run(("date -r %s/d.c +%%Y; date -r %s/d.h +%%Y; date -r %s/d.d +%%Y"):format(build, build, build))
end
tap.report(stamps[1] == "2001\n2001\n2001\n" and stamps[2] == stamps[1], "-MD: unchanged files keep their time", stamps[1] .. stamps[2])
for arguments, text in pairs {
    ["specs/shapes.lua -MX -o x.c"] = "unknown option '-MX'", ["specs/shapes.lua -MF x.d -o x.c"] = "no -MD",
    ["specs/shapes.lua -MD -o x.c -MF"] = "'-MF' needs a value", ["check -MD specs/shapes.lua"] = "-M does not go with this command",
    ["check --sarif --json specs/shapes.lua"] = "do not go together", ["summary --sarif specs/shapes.lua"] = "--sarif does not go",
    ["specs/shapes.lua -o x.c --selftest x.c"] = "name the same file", ["check --selftest x.c specs/shapes.lua"] = "--selftest does not go",
    ["specs/shapes.lua -q -o x.c"] = "-q does not go",
} do
    local _, err, status = tap.run(cnngen .. " " .. arguments)
    tap.report(status == 2 and err:find(text, 1, true), "usage: cnngen " .. arguments, tostring(status) .. err)
end

-- The example workflow: the commands of its steps are run as they stand there, but for those that install.
local workflow, steps = tap.read(".ci/workflow.yml"), {}
for line in workflow:gmatch("[^\n]+") do
    local name, command = line:match("^      %- name: (.+)"), line:match("^        run: (.+)")
    if name or line:find("^      %- uses") then
        steps[#steps + 1] = {name = name or "uses", script = ""}
    elseif command and command ~= "|" then
        steps[#steps].script = command .. "\n"
    elseif line:find("^          ") and steps[#steps].script ~= nil and not line:find("^          [%w_-]+: ") then
        steps[#steps].script = steps[#steps].script .. line:sub(11) .. "\n"
    end
end
local place = build .. "/repository"
local here = tap.run("pwd"):gsub("\n", "")
local program = cnngen:sub(1, 1) == "/" and cnngen or here .. "/" .. cnngen
tap.run(("mkdir -p %s/specs %s/bin && cp specs/shapes.lua specs/mnist.lua specs/packets.lua %s/specs && ln -s %s %s/bin/cnngen"):format(place, place, place, program, place))
local git = "git -c user.name=a -c user.email=a@b -c init.defaultBranch=main"
tap.run(("cd %s && %s init -q && git add specs && %s commit -qm one && git update-ref refs/remotes/origin/main HEAD && sed -i 's/48/64/; s/32/24/' specs/mnist.lua"):format(place, git, git))
local budget = workflow:match("BUDGET: ([^\n]+)")
local ran = 0
if select(3, tap.run("command -v git")) ~= 0 then
    print("ok - the workflow # SKIP git is not installed")
    tap.finish()
end
for _, step in ipairs(steps) do
    if step.script:find("cnngen", 1, true) and not step.script:find("git clone", 1, true) then
        tap.write(place .. "/step.sh", step.script)
        local out, err, status = tap.run(("cd %s && HOME=$PWD PATH=$PWD/bin:$PATH BUDGET='%s' GITHUB_BASE_REF=main GITHUB_STEP_SUMMARY=summary.md sh -e step.sh"):format(place, budget))
        tap.report(status == 0, "the workflow: " .. step.name, tostring(status) .. out .. err)
        ran = ran + 1
    end
end
local told = tap.read(place .. "/summary.md") or ""
tap.report(ran == 3 and valid(json.read(tap.read(place .. "/cnngen.sarif"))).results.n > 0 and told:find("before/mnist.lua -> specs/mnist.lua", 1, true)
    and told:find("~ conv1", 1, true), "the workflow: what its steps leave", ran .. told)
tap.finish()
