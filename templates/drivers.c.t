% -- The public functions: every step called in order with its place in memory.
% local NAME = M.name:upper()
% local training = M.train ~= nil
% -- Where a step finds a buffer: the caller's, or a place in the arena; sample n of the batch.
% local function place(view, n, input)
%   if view.home == "input" then return plus(input, n and times("(size_t)" .. n, view.buffer) or 0) end
%   if view.home == "output" then return "output" end
%   local sample = n and view.stride > 0 and times("(size_t)" .. n, view.stride) or 0
%   return plus("at", add(view.offset, sample))
% end
% -- With --threads a batch has several parts; each is trained as a whole batch is otherwise, in memory of its own.
% local split = M.parts > 1
% local function seed(step, n)
%   local sample = split and (n and "(first + (size_t)" .. n .. ")" or "first") or n
%   return "tape->seed * UINT64_C(4294967296) + " .. (sample and "(uint64_t)" .. sample .. " * 4096 + " or "") .. step.index
% end
% local function for_parts(statement)
#ifdef _OPENMP
#pragma omp parallel for num_threads(${M.parts}) schedule(static)
#endif
    for (int part = 0; part < ${M.parts}; part++) {
        ${statement};
    }
% end
% -- The place of a tensor, by its name in the enumeration below.
% local at_tensor = {}
% for _, tensor in ipairs(M.tensors) do at_tensor[tensor.offset] = tensor.layer .. "_" .. tensor.name end
% local function tensor(base, offset) return offset and base .. " + " .. at_tensor[offset] end
% local function gradient(step, offset) return offset and (step.updates and "w ? NULL : " or "") .. tensor("g", offset) end
% local function own(offset) return offset and plus("at", offset) end
% -- Adds what is found by name: parameters, and gradients of those that have some.
% local function with_tensors(step, values, gradients)
%   for name, offset in pairs(step.tensors) do
%       values[name] = tensor("p", offset)
%       if gradients then values["d" .. name] = tensor("g", offset) end
%   end
%   values.norm = own(step.norm_values)
%   return values
% end
% local function forward_values(step, n, input)
%   return with_tensors(step, {x = place(step.x, n, input), z = step.z and place(step.z, n, input), kept = step.kept and place(step.kept, n), y = place(step.y, n, input), w = tensor("p", step.w_offset), b = tensor("p", step.b_offset), argmax = step.argmax and "(unsigned char *)(" .. place(step.argmax, n) .. ")", prepared = own(step.forward_pass.prepared), work = own(step.forward_pass.work), count = "count", seed = seed(step, n)})
% end
% local function backward_values(step, n)
%   return with_tensors(step, {x = place(step.x, n, "inputs"), z = step.z and place(step.z, n, "inputs"), kept_in = step.kept and place(step.kept, n), dz = step.dz and place(step.dz, n), y_in = place(step.y, n), dy = place(step.dy, n), dx = step.dx and place(step.dx, n), w = tensor("p", step.w_offset), dw = gradient(step, step.w_offset), db = gradient(step, step.b_offset), prepared = own(step.backward_pass.prepared), sums = own(step.backward_pass.sums), work = own(step.backward_pass.work), argmax_in = step.argmax and "(const unsigned char *)(" .. place(step.argmax, n) .. ")", count = "count", seed = seed(step, n)}, true)
% end
% local function prepare_forward(step)
%   if step.norm_values then
    ${call(step, "prepare_norm", with_tensors(step, {b = tensor("p", step.b_offset), prepare = own(step.norm_values)}))}
%   end
%   if step.forward_pass.prepared then
    ${call(step, "prepare_forward", {w = tensor("p", step.w_offset), prepare = own(step.forward_pass.prepared)})}
%   end
% end
% if #M.tensors > 0 then
/* Where the tensors stand in the params struct, and in its gradients. */
enum {
%   for _, tensor in ipairs(M.tensors) do
    ${tensor.layer}_${tensor.name} = ${tensor.offset},
%   end
};

% end
% local function has(step, pass) return step.functions and step.functions["_" .. pass] end
% -- A step's backward pass, and where its gradients go on to.
% local function backward(step, n)
%   for _, gradient in ipairs {"dx", "dz"} do if step["clears_" .. gradient] then
%       local size = step[gradient].buffer .. " * sizeof(real)"
    memset(${place(step[gradient], n)}, 0, ${step.batched and not n and M.batch > 1 and "(size_t)count * " .. size or size}); /* what was cut off has no gradient */
%   end end
%   if has(step, "backward") then
    ${call(step, "backward", backward_values(step, n))}
%   end
%   for k, handover in ipairs(step.handovers) do
%       local samples = step.batched and not n and M.batch > 1
%       for s in each("n", samples and "count" or 1) do
%           local sample = samples and s or n
    ${statement(step, "handover" .. k, {place(handover.from, sample), place(handover.into, sample)})}
%       end
%   end
% end
% -- Runs of steps that share a loop over the samples.
% local function runs(steps, first, last, direction)
%   local list = {}
%   for k = first, last, direction do
%       local step = steps[k]
%       local run = list[#list]
%       if not run or step.batched or run.batched then
%           run = {batched = step.batched}
%           list[#list + 1] = run
%       end
%       run[#run + 1] = step
%   end
%   return list
% end
% if not M.inference then
%   for _, tensor in ipairs(M.tensors) do if tensor.init == "fixed" then
/* The fixed values of ${tensor.layer}.${tensor.name}. */
static const real ${M.name}_${tensor.layer}_${tensor.name}[${tensor.count}] = {
%       for k = 1, tensor.count, 6 do
%           local row = {}
%           for j = k, math.min(k + 5, tensor.count) do row[#row + 1] = number(tensor.values[j]) end
    ${table.concat(row, ", ")},
%       end
};

%   end end
void ${M.name}_init(${M.name}_params *params, uint64_t seed)
{
    real *const p = (real *)(void *)params;
%   local random = false
%   for _, tensor in ipairs(M.tensors) do random = random or tensor.init == "uniform" or tensor.init == "normal" end
%   if random then
    uint64_t state = seed;
%   else
    (void)seed;
%   end
    memset(p, 0, sizeof *params);
%   for _, tensor in ipairs(M.tensors) do
%       local at = "p + " .. at_tensor[tensor.offset]
%       if tensor.init == "uniform" then
    ${use("cnn_init_uniform")}(${at}, ${tensor.count}, ${number(tensor.scale)}, &state);
%       elseif tensor.init == "normal" then
    ${use("cnn_init_normal")}(${at}, ${tensor.count}, ${number(tensor.scale)}, &state);
%       elseif tensor.init == "fixed" then
    memcpy(${at}, ${M.name}_${tensor.layer}_${tensor.name}, sizeof ${M.name}_${tensor.layer}_${tensor.name});
%       elseif tensor.scale ~= 0 then
    ${use("cnn_init_constant")}(${at}, ${tensor.count}, ${number(tensor.scale)});
%       end
%   end
}

% end
void ${M.name}_predict(const ${M.name}_params *params, const real *input, real *output, ${M.name}_scratch *scratch)
{
% local reads_params, uses_arena = false, false
% for _, step in ipairs(M.predict.steps) do
%   reads_params = reads_params or next(step.tensors) ~= nil
%   uses_arena = uses_arena or step.x.home == "arena" or step.y.home == "arena" or step.forward_pass.prepared or step.forward_pass.work or step.norm_values or step.kept
% end
% if reads_params then
    const real *const p = (const real *)(const void *)params;
% else
    (void)params;
% end
% if uses_arena then
    real *const at = scratch->arena;
% else
    (void)scratch;
% end
% for _, step in ipairs(M.predict.steps) do
%   prepare_forward(step)
    ${call(step, "forward", forward_values(step, nil, "input"), step.y.text)}
% end
}
% if training then
%   local steps = M.train.steps
%   local last = steps[#steps]

%   local dropout = false
%   for _, step in ipairs(steps) do for _, name in ipairs(step.arguments.forward) do dropout = dropout or name == "seed" end end
%   if split then
/* Where a part starts: its samples in a batch, its stretch of the parameters. */
static size_t ${M.name}_start(size_t count, int part)
{
    return (size_t)((uint64_t)count * (uint64_t)part / ${M.parts});
}

/* forward for one part of a batch. */
static void ${M.name}_forward_part(const ${M.name}_params *params, const real *inputs, int batch,
                ${M.name}_tape *tape, int part)
{
    const real *const p = (const real *)(const void *)params;
    real *const at = tape->arena[part];
    const size_t first = ${M.name}_start((size_t)batch, part);
    const int count = (int)(${M.name}_start((size_t)batch, part + 1) - first);
    if (count == 0) {
        return;
    }
    inputs += ${mul("first", M.input.count)};
%   else
const real *${M.name}_forward(const ${M.name}_params *params, const real *inputs, int count, ${M.name}_tape *tape)
{
    const real *const p = (const real *)(const void *)params;
    real *const at = tape->arena;
%       if dropout then
    tape->seed++;
%       end
%   end
%   for _, run in ipairs(runs(steps, 1, #steps, 1)) do
%       for _, step in ipairs(run) do prepare_forward(step) end
%       if run.batched then
    ${call(run[1], "forward", forward_values(run[1], nil, "inputs"))}
%       else
%           for n in each("n", M.batch == 1 and 1 or "count") do
%               for _, step in ipairs(run) do
    ${call(step, "forward", forward_values(step, M.batch > 1 and "n" or nil, "inputs"))}
%               end
%           end
%       end
%   end
%   local updates = M.summed < M.trainable
%   if split then
    memcpy(tape->outputs + ${mul("first", M.output.count)}, ${place(last.y)}, ${mul("(size_t)count", M.output.count)} * sizeof(real));
}

const real *${M.name}_forward(const ${M.name}_params *params, const real *inputs, int count, ${M.name}_tape *tape)
{
%       if dropout then
    tape->seed++;
%       end
%       for_parts(M.name .. "_forward_part(params, inputs, count, tape, part)")
    return tape->outputs;
}

/* What one part of a batch adds to the mean loss and, in g, to its gradient. */
static real ${M.name}_gradients_part(const ${M.name}_params *params, const real *inputs, const real *targets, int batch,
                ${M.name}_tape *tape, real *g, int part)
{
    real *const at = tape->arena[part];
    const size_t first = ${M.name}_start((size_t)batch, part);
    const int count = (int)(${M.name}_start((size_t)batch, part + 1) - first);
    const real *const outputs = ${place(last.y)};
    const real scale = 1 / (real)batch;
%   else
%       if M.batch == 1 then
    (void)count;
%       end
    return ${place(last.y)};
}

/* g: gradients of the trainable parameters, as they lie in the params struct. */
%   if updates then
/* With w, the parameters, the kernels that need no sum are updated instead, and g holds the first ${M.summed} gradients only. */
%   end
${wrap("static real " .. M.name .. "_gradients", {"const " .. M.name .. "_params *params", "const real *inputs", "const real *targets", "int count", M.name .. "_tape *tape", "real *g", updates and "real *w" or false, updates and "real rate" or false})}
{
    real *const at = tape->arena;
    const real *const outputs = ${place(last.y)};
    const real scale = 1 / (real)count;
%   end
    real loss = 0;
%   local reads, reads_inputs = false, false
%   local parameters = {w = true, b = true, alpha = true, gamma = true, beta = true, moving_mean = true, moving_variance = true}
%   for _, step in ipairs(steps) do if has(step, "backward") then
%       for _, name in ipairs(step.arguments.backward) do
%           reads = reads or parameters[name]
%           reads_inputs = reads_inputs or (name == "x" and step.x.home == "input") or (name == "z" and step.z.home == "input")
%       end
%       reads = reads or step.arguments.prepare ~= nil
%   end end
%   for _, step in ipairs(steps) do if step.recomputed then
%       for _, name in ipairs(step.arguments.forward) do
%           reads = reads or parameters[name]
%           reads_inputs = reads_inputs or (name == "x" and step.x.home == "input") or (name == "z" and step.z.home == "input")
%       end
%   end end
%   if reads then
    const real *const p = (const real *)(const void *)params;
%   else
    (void)params;
%   end
%   if not reads_inputs then
    (void)inputs;
%   end
%   local fused = last.skip_gradient and (M.loss == "cross_entropy" and "cnn_softmax_cross_entropy_grad" or "cnn_sigmoid_cross_entropy_grad") or "cnn_" .. M.loss .. "_grad"
%   local delta = M.loss == "huber" and ", " .. number(M.huber_delta) or ""
%   local size = M.output.count
    memset(g, 0, ${updates and "(w ? " .. M.summed .. " : " .. M.trainable .. ")" or M.trainable} * sizeof(real));
%   if split then
    if (count == 0) {
        return 0;
    }
%       if reads_inputs then
    inputs += ${mul("first", M.input.count)};
%       end
    targets += ${mul("first", size)};
%   end
    for (int n = 0; n < count; n++) {
        const real *y = outputs + ${times("(size_t)n", size)}, *t = targets + ${times("(size_t)n", size)};
        loss += ${use("cnn_" .. M.loss)}(y, t, ${size}${delta});
%   if fused == "cnn_softmax_cross_entropy_grad" and last.y.c < size then
        for (int k = 0; k < ${size}; k += ${last.y.c}) {
            ${use(fused)}(y + k, t + k, ${place(last.dy, "n")} + k, ${last.y.c}, scale);
        }
%   else
        ${use(fused)}(y, t, ${place(last.dy, "n")}, ${size}${delta}, scale);
%   end
    }
%   local function wanted(run)
%       for _, step in ipairs(run) do if step.backward then return true end end
%   end
%   -- Before another gradient takes the place of dy.
%   local function update_at_once(step)
%       if step.updates then
    if (w) {
        ${call(step, "update", {x = place(step.x, nil, "inputs"), dy_in = place(step.dy), w_out = tensor("w", step.w_offset), b_out = tensor("w", step.b_offset), count = "count", rate = "rate"})}
    }
%       end
%   end
%   for _, run in ipairs(runs(steps, #steps, 1, -1)) do
%       for _, step in ipairs(run) do
%           local own_memory = step.backward_pass
%           if own_memory.prepared then
    ${call(step, "prepare", {w = tensor("p", step.w_offset), prepare = own(own_memory.prepared)})}
%           end
%           if own_memory.sums then
    memset(${own(own_memory.sums)}, 0, ${own_memory.sums_count} * sizeof(real));
%           end
%       end
%       if run.batched and run[1].backward then
%           backward(run[1])
%           update_at_once(run[1])
%       elseif wanted(run) then
%           for n in each("n", M.batch == 1 and 1 or "count") do
%               for k = #run, 1, -1 do if run[k].recomputed then
    ${call(run[k], "forward", forward_values(run[k], M.batch > 1 and "n" or nil, "inputs"))}
%               end end
%               for _, step in ipairs(run) do if step.backward then
%                   backward(step, M.batch > 1 and "n" or nil)
%                   update_at_once(step)
%               end end
%           end
%       end
%       for _, step in ipairs(run) do if step.backward_pass.sums then
    ${call(step, "finish", {sums = own(step.backward_pass.sums), dw = tensor("g", step.w_offset), db = tensor("g", step.b_offset)})}
%       end end
%   end
    return loss * scale;
}
%   if split then

/* Adds the gradients of all parts to g, in their order; one stretch of them. */
static void ${M.name}_add_part(real *restrict g, const ${M.name}_tape *tape, int part)
{
    const size_t end = ${M.name}_start(${M.trainable}, part + 1);
%       for k in each("k", M.parts - 1) do
    for (size_t i = ${M.name}_start(${M.trainable}, part); i < end; i++) {
        g[i] += tape->part_grads[${k}][i];
    }
%       end
}

/* g: gradients of the trainable parameters, as they lie in the params struct. */
static real ${M.name}_gradients(const ${M.name}_params *params, const real *inputs, const real *targets, int count,
                ${M.name}_tape *tape, real *g)
{
    real losses[${M.parts}], loss = 0;
%       for_parts("losses[part] = " .. M.name .. "_gradients_part(params, inputs, targets, count, tape,\n" ..
%           "part == 0 ? g : tape->part_grads[part - 1], part)")
%       for_parts(M.name .. "_add_part(g, tape, part)")
    for (int part = 0; part < ${M.parts}; part++) {
        loss += losses[part];
    }
    return loss;
}
%   end

real ${M.name}_backward(const ${M.name}_params *params, const real *inputs, const real *targets, int count,
                ${M.name}_tape *tape, ${M.name}_params *grads)
{
    real *const g = (real *)(void *)grads;
%   if M.params > M.trainable then
    memset(${plus("g", M.trainable)}, 0, ${M.params - M.trainable} * sizeof(real));
%   end
    return ${M.name}_gradients(params, inputs, targets, count, tape, g${updates and ", NULL, 0" or ""});
}

%   local o = M.optimizer
%   local scale, decay = o.clip_norm > 0 and "scale" or "1", number(o.weight_decay)
%   local statistics = M.statistics > 0 and " + " .. M.statistics or ""
%   local function optimize(from, count)
%       local w, g, m1, m2 = "w" .. from, "g" .. from, "state->moment1" .. (from == statistics and "" or from), "state->moment2" .. (from == statistics and "" or from)
%       if o.name == "sgd" then
    ${use("cnn_sgd")}(${w}, ${g}, ${count}, lr, ${scale}, ${decay});
%       elseif o.name == "momentum" or o.name == "nesterov" then
    ${use("cnn_" .. o.name)}(${w}, ${g}, ${m1}, ${count}, lr, ${number(o.momentum)}, ${scale}, ${decay});
%       elseif o.name == "rmsprop" then
    ${use("cnn_rmsprop")}(${w}, ${g}, ${m1}, ${count}, lr, ${number(o.rho)}, ${number(o.epsilon)}, ${scale}, ${decay});
%       else
    ${use("cnn_" .. o.name)}(${w}, ${g}, ${m1}, ${m2}, ${count}, lr, ${number(o.beta1)}, ${number(o.beta2)}, ${number(o.epsilon)}, state->step, ${scale}, ${decay});
%       end
%   end
%   if split then
/* One step on one stretch of the parameters. */
${wrap("static void " .. M.name .. "_step_part", {"real *w", "const real *g", o.name ~= "sgd" and M.name .. "_optimizer *state", "real lr", o.clip_norm > 0 and "real scale", "int part"})}
{
    const size_t first = ${M.name}_start(${M.trainable}, part), count = ${M.name}_start(${M.trainable}, part + 1) - first;
%       optimize(" + first", "count")
}

%   end
%   local all = updates and "n" or M.trainable - M.statistics
/* w: the parameters, g: their gradients${updates and "; n of them" or ""}. */
static void ${M.name}_step(real *w, const real *g, ${updates and "size_t n, " or ""}${M.name}_optimizer *state, real lr)
{
%   if o.clip_norm > 0 then
    const real norm = ${use("cnn_norm")}(g${statistics}, ${all});
    const real scale = norm > ${number(o.clip_norm)} ? ${number(o.clip_norm)} / norm : 1;
%   end
    state->step++;
%   if split then
%       for_parts(wrap(M.name .. "_step_part", {"w", "g", o.name ~= "sgd" and "state", "lr", o.clip_norm > 0 and "scale", "part"}))
%   else
%       optimize(statistics, all)
%   end
%   -- The statistics stand first; where all have one momentum they are one array.
%   local norms, equal = {}, true
%   for _, step in ipairs(steps) do if step.kept and step.tensors.moving_mean then
%       norms[#norms + 1] = step
%       equal = equal and step.momentum == norms[1].momentum
%   end end
%   if #norms > 0 and equal then
    ${use("cnn_sgd")}(w, g, ${M.statistics}, ${number(1 - norms[1].momentum)}, 1, 0);
%   else
%       for _, step in ipairs(norms) do for _, name in ipairs {"moving_mean", "moving_variance"} do
    ${use("cnn_sgd")}(${tensor("w", step.tensors[name])}, ${tensor("g", step.tensors[name])}, ${step.y.c}, ${number(1 - step.momentum)}, 1, 0);
%       end end
%   end
}

void ${M.name}_update(${M.name}_params *params, const ${M.name}_params *grads, ${M.name}_optimizer *state, real lr)
{
    ${M.name}_step((real *)(void *)params, (const real *)(const void *)grads, ${updates and M.trainable - M.statistics .. ", " or ""}state, lr);
}

real ${M.name}_train_step(${M.name}_params *params, const real *inputs, const real *targets, int count,
                ${M.name}_tape *tape, ${M.name}_optimizer *state, real lr)
{
    real loss;
    ${M.name}_forward(params, inputs, count, tape);
    loss = ${M.name}_gradients(params, inputs, targets, count, tape, tape->grads${updates and ", (real *)(void *)params, lr" or ""});
    ${M.name}_step((real *)(void *)params, tape->grads, ${updates and M.summed - M.statistics .. ", " or ""}state, lr);
    return loss;
}
% end

% include("import.c.t", {at_tensor = at_tensor})
