-- shape_cases.lua - 941 facts about shapes from the tests of Keras, ONNX and TensorFlow: what our layers can say must agree, or be known to differ.
-- usage: lua5.4 tests/shape_cases.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
package.path = "tests/?.lua;" .. package.path -- both read the same json.null
local json = require "json"
local translate = require "shape_layers"
local cnngen, build = arg[1], arg[2]
local data = os.getenv("CNNGEN_DATA") or "../shared/data"

-- What we do differently and why: for each case our answer (a shape, or part of the message), and for some the words that say the same for us.
local differences = {}
local function differ(why, cases)
    for id, known in pairs(cases) do
        differences[id] = {why = why, answer = known[1], layers = known[2]}
    end
end
differ("stride with dilation: we accept it, as TensorFlow, ONNX and PyTorch do", {["keras-0065"] = {"7x8x2"}, ["keras-0104"] = {"33x32x2"}})
differ("dense reads vectors; on the last axis alone it is a convolution of width 1", {
    ["keras-0310"] = {"dense needs a flat input", 'conv1d { 5, kernel = 1, activation = "sigmoid" }'},
})
differ("a list of one number is that number for every side", {["keras-0194"] = {"14x4"}, ["keras-0483"] = {"18x4"}, ["tensorflow-0497"] = {"3x3x1"}})
differ('sizes may be strings: "2" is 2', {["keras-0196"] = {"14x4"}, ["keras-0475"] = {"32x4"}, ["keras-0485"] = {"18x4"}})
differ("a pool's padding must be smaller than the pool: a window in the padding alone has no value", {
    ["onnx-shape-inference-0669"] = {"must be smaller than the 2x2 pool"},
    ["onnx-shape-inference-0685"] = {"must be smaller than the 2x2 pool"},
    -- No window reaches the second row of padding.
    ["onnx-shape-inference-0670"] = {"must be smaller than the 2x2 pool", "maxpool2d { 2, stride = 2, padding = 1 }"},
    ["onnx-shape-inference-0686"] = {"must be smaller than the 2x2 pool", "avgpool2d { 2, stride = 2, padding = 1 }"},
})
differ('a transposed convolution with "same" is the input times the stride; Keras with output_padding pads by floor(kernel/2)', {
    ["keras-0089"] = {"output_padding has no meaning", "conv1d_transpose { 6, kernel = 2, stride = 3, padding = 1, output_padding = 2 }"},
    ["keras-0092"] = {"output_padding has no meaning", "conv2d_transpose { 6, kernel = 2, stride = 3, padding = 1, output_padding = 2 }"},
})
differ('a transposed convolution whose kernel is smaller than its stride ends with the last kernel; Keras appends zeros to "valid"', {
    ["keras-0094"] = {"215x215x2", "conv2d_transpose { 2, kernel = 7, stride = 16, output_padding = 9 }"},
})

-- Less would mean that translations got lost.
local least_agreeing = 452

local text = tap.read(data .. "/shape-cases.json")
if not text then
    print("ok - shape cases # SKIP no data in " .. data)
    os.exit(true)
end
os.execute("rm -rf " .. build .. " && mkdir -p " .. build)
local facts = json.read(text)

-- Cases to run: a spec each.
local jobs, reasons, order = {}, {}, {}
local function add(case, spec, layers, other_words)
    local file = (case.id .. (other_words and "_in_our_words" or "")):gsub("%-", "_")
    local path = ("%s/%s.lua"):format(build, file)
    tap.write(path, ('return model { input = "%s", %s, loss = "mse" }\n'):format(table.concat(spec.input, "x"), layers))
    jobs[#jobs + 1] = {case = case, spec = spec, path = path, layers = layers, other_words = other_words}
end
for _, case in ipairs(facts.cases) do
    local spec, reason = translate(case)
    if spec then
        add(case, spec, spec.layers)
        local known = differences[case.id]
        if known and known.layers then
            add(case, spec, known.layers, true)
        end
    else
        if not reasons[reason] then
            reasons[reason], order[#order + 1] = 0, reason
        end
        reasons[reason] = reasons[reason] + 1
    end
end

-- Many specs in one process, each of which gives one JSON object.
local GROUP = 100
local results = {}
for first = 1, #jobs, GROUP do
    local paths = {}
    for i = first, math.min(first + GROUP - 1, #jobs) do
        paths[#paths + 1] = jobs[i].path
    end
    local out, err, status = tap.run(("%s check --json %s"):format(cnngen, table.concat(paths, " ")))
    local ok, objects = pcall(json.read_all, out)
    tap.report(ok and #objects == #paths and (status == 0 or status == 1), "check of cases " .. first .. " and on", ok and err:sub(-400) or objects)
    table.move(ok and objects or {}, 1, #paths, first, results)
end

local function first_error(result)
    for _, message in ipairs(result.messages) do
        if message.severity == "error" then
            return message.message
        end
    end
end

-- The arguments of a case that are out of range, in our words: the message must blame one of them.
local ours = {kernel_size = "kernel", kernel_shape = "kernel", pool_size = "pool", strides = "stride", dilation_rate = "dilation", dilations = "dilation",
    pads = "padding", explicit_paddings = "padding", depth_multiplier = "multiplier", size = "factor", target_shape = "shape"}
local smallest = {pads = 0, explicit_paddings = 0, padding = 0, cropping = 0, output_padding = 0}

local function is_wrong(key, value)
    if type(value) == "table" then
        for _, item in ipairs(value) do
            if is_wrong(key, item) then
                return true
            end
        end
        return false
    end
    return math.type(value) and (value < (smallest[key] or 1) or value ~= math.floor(value))
end

local function is_blamed(case, message)
    local wrong, blamed = false, false
    for key, value in pairs(case.args) do
        if key ~= "axis" and is_wrong(key, value) then
            local word = key == "kernel_shape" and case.kind:find("pool") and "pool" or ours[key] or key
            wrong, blamed = true, blamed or message:find(word, 1, true)
        end
    end
    return blamed or not wrong
end

-- nil where they agree; what differs otherwise. An error must blame what the case does wrong, and never be one of the translation.
local function difference_of(job, result)
    local spec, message = job.spec, first_error(result)
    if spec.expected and result.ok then
        local want, got = table.concat(spec.expected, "x"), table.concat(result.model.output, "x")
        if want ~= got then
            return ("%s, not %s"):format(got, want)
        end
        local params = result.model.params
        return spec.weights and params ~= spec.weights and ("%d weights, not %d"):format(params, spec.weights) or nil
    elseif spec.expected then
        return ("an error, not %s: %s"):format(table.concat(spec.expected, "x"), message)
    elseif result.ok then
        return ("%s, not an error"):format(table.concat(result.model.output, "x"))
    elseif message:find("unknown", 1, true) or not is_blamed(job.case, message) then
        return "an error for another reason: " .. message
    end
end

local agreeing, differing, why_counts = 0, 0, {}
for i, job in ipairs(jobs) do
    local case, known = job.case, differences[job.case.id]
    local label = ("%s: %s"):format(case.id, job.layers)
    local found = results[i] and difference_of(job, results[i])
    if not results[i] then
        tap.report(false, label, "no answer")
    elseif job.other_words then
        tap.report(not found, label .. ", in our words", found)
    elseif known then
        known.seen = true
        differing = differing + 1
        why_counts[known.why] = (why_counts[known.why] or 0) + 1
        local answer = results[i].ok and table.concat(results[i].model.output, "x") or first_error(results[i])
        local as_known = found and (answer == known.answer or not results[i].ok and answer:find(known.answer, 1, true))
        tap.report(as_known, label .. " differs: " .. known.why, found and answer or "it agrees now")
    else
        agreeing = agreeing + (found and 0 or 1)
        tap.report(not found, label, found)
    end
end
for id, known in pairs(differences) do
    if not known.seen then
        tap.report(false, id .. ": listed as different", "no such case, or it cannot be said")
    end
end

local unsaid = 0
table.sort(order, function(a, b) return reasons[a] > reasons[b] or reasons[a] == reasons[b] and a < b end)
for _, reason in ipairs(order) do
    unsaid = unsaid + reasons[reason]
    print(("# %4d not said: %s"):format(reasons[reason], reason))
end
local whys = {}
for why in pairs(why_counts) do
    whys[#whys + 1] = why
end
table.sort(whys)
for _, why in ipairs(whys) do
    print(("# %4d differ: %s"):format(why_counts[why], why))
end
print(("# %d cases agree, %d differ as listed, %d our layers cannot say"):format(agreeing, differing, unsaid))
tap.report(agreeing + differing + unsaid == facts.count, "every case is counted once", facts.count)
tap.report(agreeing >= least_agreeing, ("at least %d cases agree"):format(least_agreeing), agreeing)
tap.finish()
