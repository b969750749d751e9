-- judge.lua - the C that ties networks to numeric.c, what numeric.c wrote as lists, and whether that is right.
--
-- Used by numeric.lua (cases) and fuzz/networks.lua (random networks). A case is {id = "c001", network = reference.load(...)}.
local reference = dofile("tests/reference.lua")
local judge = {}

-- The C that ties networks of one program to numeric.c.
function judge.models_h(group, real)
    local text = {"#define REAL " .. real .. "\n"}
    local function add(format, ...)
        text[#text + 1] = format:format(...)
    end
    for _, case in ipairs(group) do
        local id, up = case.id, case.id:upper()
        local flags = {}
        for i = 1, math.max(#case.network.trainable, 1) do
            flags[i] = case.network.trainable[i] and "1" or case.network.positive[i] and "2" or "0"
        end
        add('#include "%s.h"\nstatic const unsigned char %s_trainable[] = {%s};\n', id, id, table.concat(flags, ","))
        add("static void %s_w_import(void *p, const void *f) { %s_import(p, f); }\n", id, id)
        add("static void %s_w_export(const void *p, void *f) { %s_export(p, f); }\n", id, id)
        add("static void %s_w_predict(const void *p, const void *x, void *y, void *s) { %s_predict(p, x, y, s); }\n", id, id)
        add("#if %s_TRAINABLE_COUNT > 0\n", up)
        add("static const void *%s_w_forward(const void *p, const void *x, int n, void *t) { return %s_forward(p, x, n, t); }\n", id, id)
        add("static double %s_w_backward(const void *p, const void *x, const void *y, int n, void *t, void *g) { return (double)%s_backward(p, x, y, n, t, g); }\n", id, id)
        add("static void %s_w_update(void *p, const void *g, void *s, double lr) { %s_update(p, g, s, (REAL)lr); }\n", id, id)
        add("static double %s_w_step(void *p, const void *x, const void *y, int n, void *t, void *s, double lr) { return (double)%s_train_step(p, x, y, n, t, s, (REAL)lr); }\n", id, id)
        add("#endif\n")
    end
    add("static const Model models[] = {\n")
    for _, case in ipairs(group) do
        local id, up = case.id, case.id:upper()
        add('{"%s", %s_INPUT_SIZE, %s_OUTPUT_SIZE, %s_PARAM_COUNT, %s_BATCH, sizeof(%s_params), sizeof(%s_scratch),\n', id, up, up, up, up, id, id)
        add("#if %s_TRAINABLE_COUNT > 0\nsizeof(%s_tape), sizeof(%s_optimizer), %d, %s_trainable, ", up, id, id, case.network.dropout and 1 or 0, id)
        add("%s_w_import, %s_w_export, %s_w_predict, %s_w_forward, %s_w_backward, %s_w_update, %s_w_step, %s_LEARNING_RATE},\n", id, id, id, id, id, id, id, up)
        add("#else\n0, 0, 0, %s_trainable, %s_w_import, %s_w_export, %s_w_predict, NULL, NULL, NULL, NULL, 0},\n#endif\n", id, id, id, id)
    end
    add("};\n")
    return table.concat(text)
end

local function reals(data, at, count)
    local list = {}
    for i = 1, count do
        list[i], at = string.unpack("<d", data, at)
    end
    return list, at
end

-- Everything numeric.c wrote for one network, as lists.
function judge.parse(data, at, case)
    local n, result = case.network, {}
    local inputs, outputs, params, batch = n.input.h * n.input.w * n.input.c, n.output.h * n.output.w * n.output.c, n.param_count, n.batch
    result.params, at = reals(data, at, params)
    result.inputs, at = reals(data, at, batch * inputs)
    result.targets, at = reals(data, at, batch * outputs)
    result.predict, at = reals(data, at, batch * outputs)
    local trains = false
    for _, t in ipairs(n.trainable) do
        trains = trains or t
    end
    result.trains = trains
    if trains then
        for k, count in ipairs {batch, math.max(batch - 1, 1)} do
            result[k] = {count = count}
            result[k].outputs, at = reals(data, at, count * outputs)
            result[k].loss, at = reals(data, at, 1)
            result[k].grads, at = reals(data, at, params)
        end
        result.steps = {}
        for k = 1, 3 do
            result.steps[k] = {}
            result.steps[k].grads, at = reals(data, at, params)
            result.steps[k].params, at = reals(data, at, params)
        end
    end
    return result
end

-- nil when all values are within `tolerance` of the scale, else a description. The scale is the largest value expected.
local function far(what, got, expected, tolerance, floor)
    local scale = floor or 1e-3
    for i = 1, #expected do
        scale = math.max(scale, math.abs(expected[i]))
    end
    for i = 1, #expected do
        if not (math.abs(got[i] - expected[i]) <= tolerance * scale) then
            return ("%s[%d] is %.9g, not %.9g"):format(what, i - 1, got[i], expected[i])
        end
    end
end

local function part(list, n, size)
    return table.move(list, n * size + 1, n * size + size, 1, {})
end

-- The double build against the reference, to `tolerance` of the largest value.
function judge.against_reference(case, r, tolerance)
    local n = case.network
    tolerance = tolerance or 1e-11
    local inputs, outputs = n.input.h * n.input.w * n.input.c, n.output.h * n.output.w * n.output.c
    local expected, samples = {}, {}
    for s = 0, n.batch - 1 do
        samples[s] = reference.predict(n, r.params, part(r.inputs, s, inputs))
        table.move(samples[s], 1, outputs, #expected + 1, expected)
    end
    local problem = far("predict", r.predict, expected, tolerance)
    if problem or not r.trains then
        return problem
    end
    for k = 1, 2 do
        local loss = 0
        local inputs_of = {}
        for s = 1, r[k].count do
            inputs_of[s] = part(r.inputs, s - 1, inputs)
        end
        local trained, statistics = reference.forward(n, r.params, inputs_of)
        local in_training = {}
        for s = 1, r[k].count do
            table.move(trained[s], 1, outputs, #in_training + 1, in_training)
        end
        for i in pairs(n.dropout and case.random and {} or n.momentum) do -- the reference drops nothing, and a norm behind a dropout sees it
            if not (math.abs(r[k].grads[i] - (r.params[i] - statistics[i])) < tolerance * math.max(1, math.abs(statistics[i]))) then
                return ("moving statistic %d is %.9g from the batch's, not %.9g"):format(i, r[k].grads[i], r.params[i] - statistics[i])
            end
        end
        for s = 0, r[k].count - 1 do
            local y = n.dropout and part(r[k].outputs, s, outputs) or trained[s + 1]
            loss = loss + reference.loss(n, y, part(r.targets, s, outputs)) / r[k].count
        end
        problem = (not n.dropout and far("forward", r[k].outputs, in_training, tolerance)) or
            far("loss", r[k].loss, {loss}, tolerance)
        if problem then
            return problem
        end
    end
    for i, t in ipairs(n.trainable) do
        if not t and not n.momentum[i] and r[1].grads[i] ~= 0 then
            return "the gradient of a frozen parameter is " .. r[1].grads[i]
        end
    end
    local params, state = table.move(r.params, 1, #r.params, 1, {}), {}
    for k = 1, 3 do
        reference.step(n.optimizer, params, r.steps[k].grads, state, n.trainable, n.momentum)
        problem = far("step " .. k, r.steps[k].params, params, 100 * tolerance)
        if problem then
            return problem
        end
    end
end

-- One build against another; the defaults are for float against double.
function judge.against_double(r, d, tolerance, gradient_tolerance)
    tolerance, gradient_tolerance = tolerance or 1e-4, gradient_tolerance or 5e-4
    local problem = far("predict", r.predict, d.predict, tolerance)
    for k = 1, r.trains and not problem and 2 or 0 do
        problem = problem or far("outputs", r[k].outputs, d[k].outputs, tolerance) or far("loss", r[k].loss, d[k].loss, tolerance) or
            far("gradient", r[k].grads, d[k].grads, gradient_tolerance)
    end
    return problem
end

return judge
