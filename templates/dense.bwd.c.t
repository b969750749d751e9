% -- dw = x' dy, db = sum of dy, dx = dy w'. For dx of a batch the lanes are samples: dy is turned once, w is read as it lies. For dx of
% -- one sample they are outputs, added up at the end.
% local inputs, outputs = L.x.count, L.filters
% local arguments = {}
% if L.trainable then arguments[#arguments + 1] = "x" end
% local activation = L.activation.name ~= "linear" and not L.skip_gradient
% if activation then arguments[#arguments + 1] = "y_in" end
% arguments[#arguments + 1] = "dy"
% if L.wants_dx then arguments[#arguments + 1] = "w"; arguments[#arguments + 1] = "dx" end
% if L.trainable then
%   arguments[#arguments + 1] = "dw"
%   if L.bias then arguments[#arguments + 1] = "db" end
% end
% local auto = M.unroll == "auto"
% local single = M.batch == 1
% local dx_tile = auto and L.wants_dx and not single
% if dx_tile then arguments[#arguments + 1] = "work" end
% if L.batched then arguments[#arguments + 1] = "count" end
% local samples = L.batched and "count" or 1
% local xs, ys = L.x.samples_row, L.y.samples_row
% local tail = outputs % L.tiles.lanes ~= 0
% local function dw_tiles(name, update)
%   for _, variant in ipairs(L.tiles.dw) do for _, run in ipairs(variant.runs) do
%       local x, out = {}, {}
%       for p in range(run.p) do x[#x + 1] = p; out[#out + 1] = {y = p * outputs, accumulators = {p}} end
%       local comment = (update and "A step down the gradient" or "Gradient") .. " of " .. run.p .. " rows of w x " .. wide(variant.v, L.tiles.lanes, "outputs") .. ", summed over samples."
%       tile {fn = L.fn .. name .. width(variant.v, L.tiles.lanes) .. "x" .. run.p, lanes = L.tiles.lanes, v = variant.v, x = x, outputs = out, loops = {{n = samples, x = xs, w = ys}}, start = update and "zero" or "y", update = update, count = L.batched, tail = tail, comment = comment}
%   end end
% end
% -- Every tile of w once.
% local function dw_loops(name, dw, more)
%   local _, lanes = use_lanes(L.tiles.lanes)
    {
%   for variant, o, rest in channel_tiles("o", outputs, L.tiles.dw, lanes) do
%       for _, run in ipairs(variant.runs) do for i in each("i", run.count) do
%           local row = add(mul(i, run.p), run.start)
            ${L.fn}${name}${width(variant.v, L.tiles.lanes)}x${run.p}(${plus("x", row)}, ${plus("dy", o)}, ${plus(dw, add(mul(row, outputs), o))}${tail and ", " .. rest or ""}${L.batched and ", count" or ""}${more});
%       end end
%   end
    }
% end
% if auto and L.trainable then dw_tiles("_dw_") end
% if L.updates then dw_tiles("_update_", M.optimizer.weight_decay) end
% if dx_tile then
%   for _, run in ipairs(L.tiles.dx_runs) do
%       local x, out = {}, {}
%       for p in range(run.p) do x[#x + 1] = p * outputs; out[#out + 1] = {y = p * M.batch, accumulators = {p}} end
%       tile {fn = L.fn .. "_dx_" .. run.p, lanes = L.tiles.dx_lanes, v = 1, x = x, outputs = out, loops = {{n = outputs, x = 1, w = M.batch}}, start = "zero", tail = M.batch % L.tiles.dx_lanes ~= 0, comment = "Gradient of " .. run.p .. " inputs for " .. (M.portable and L.tiles.dx_lanes .. " samples" or "a vector of samples") .. "."}
%   end
% end
% if auto and L.wants_dx and single then
%   local n = (M.portable or (M.reproducible and outputs < L.tiles.lanes)) and 1 or L.tiles.lanes
%   local vec, lanes = use_lanes(n)
%   for _, run in ipairs(L.tiles.dx_runs) do
/* Gradient of ${run.p} inputs: ${run.p > 1 and "rows" or "a row"} of w times dy. */
static inline void ${L.fn}_dx_${run.p}(const real *restrict w, const real *restrict dy, real *restrict dx)
{
    int o = 0;
%       local fixed = M.reproducible and n > 1 -- sums side by side: as many on every target
%       if fixed then
%           for p in range(run.p) do
    real a${p}[${n}] = {0};
%           end
    for (; o + ${n} <= ${outputs}; o += ${n}) {
        for (int k = 0; k < ${n}; k += ${lanes}) {
            const ${vec} g = ${vector_load(n, "dy", "o + k")};
%           for p in range(run.p) do
            ${vector_store(n, "a" .. p, "k", ("load%d(a%d + k) + g * %s"):format(n, p, vector_load(n, "w", add(p * outputs, "o + k"))))};
%           end
        }
    }
%           for p in range(run.p) do
    real s${p} = total${n}(a${p});
%           end
%       else
%           for p in range(run.p) do
    real s${p} = 0;
%           end
%       end
%       if n > 1 and not fixed then
    {
%           for p in range(run.p) do
        ${vec} a${p} = ${vector_zero(n)};
%           end
        for (; ${add("o", lanes)} <= ${outputs}; o += ${lanes}) {
            const ${vec} g = ${vector_load(n, "dy", "o")};
%           for p in range(run.p) do
            a${p} += g * ${vector_load(n, "w", add(p * outputs, "o"))};
%           end
        }
%           for p in range(run.p) do
        s${p} = sum${n}(a${p});
%           end
    }
%       end
    for (; o < ${outputs}; o++) {
%       for p in range(run.p) do
        s${p} += dy[o] * w[${add(p * outputs, "o")}];
%       end
    }
%       for p in range(run.p) do
    dx[${p}] = s${p};
%       end
}

%   end
% end
${signature("backward", arguments)}
{
% if activation then include("activate_gradient.c.t") end
% if L.trainable and L.bias then include("bias_gradient.c.t") end
% if L.trainable and not auto then
%   for n in each("n", samples) do for i in each("i", inputs) do for o in each("o", outputs) do
    dw[${add(mul(i, outputs), o)}] += x[${add(mul(n, xs), i)}] * dy[${add(mul(n, ys), o)}];
%   end end end
% elseif L.updates then
    if (dw) {
%   dw_loops("_dw_", "dw", "")
    }
% elseif L.trainable then
%   dw_loops("_dw_", "dw", "")
% end
% if L.wants_dx and not auto then
%   for n in each("n", samples) do for i in each("i", inputs) do
    {
        real a = 0;
%       for o in each("o", outputs) do
        a += dy[${add(mul(n, ys), o)}] * w[${add(mul(i, outputs), o)}];
%       end
        dx[${add(mul(n, xs), i)}] = a;
    }
%   end end
% elseif L.wants_dx and single then
%   for _, run in ipairs(L.tiles.dx_runs) do
    for (int t = 0; t < ${run.count}; t++) {
        const int i = ${add(mul("t", run.p), run.start)};
        ${L.fn}_dx_${run.p}(w + i*${outputs}, dy, dx + i);
    }
%   end
% elseif L.wants_dx then
%   local _, lanes = use_lanes(L.tiles.dx_lanes)
%   local part_filled = M.batch % L.tiles.dx_lanes ~= 0
    {
        real *const turned = work; /* dy: outputs x samples */
        real *const part = work + ${outputs * M.batch};
        for (int n = 0; n < ${M.batch}; n++) {
            for (int o = 0; o < ${outputs}; o++) {
                turned[o * ${M.batch} + n] = ${L.batched and "n < count ? dy[" .. add(mul("n", ys), "o") .. "] : 0" or "dy[o]"};
            }
        }
%   for _, run in ipairs(L.tiles.dx_runs) do
        for (int t = 0; t < ${run.count}; t++) {
            const int i = ${add(mul("t", run.p), run.start)};
%       if M.portable and lanes > 1 then
%           for n in each_block("n", M.batch, lanes, samples) do
                ${L.fn}_dx_${run.p}(w + ${times("i", outputs)}, ${plus("turned", n)}, ${plus("part", n)});
%           end
%       else
            for (int n = 0; n < ${samples}; n += ${lanes}) {
                ${L.fn}_dx_${run.p}(w + ${times("i", outputs)}, turned + n, part + n${part_filled and ", " .. M.batch .. " - n" or ""});
            }
%       end
            for (int n = 0; n < ${samples}; n++) {
                for (int p = 0; p < ${run.p}; p++) {
                    dx[${add(mul("n", xs), "i")} + p] = part[p * ${M.batch} + n];
                }
            }
        }
%   end
    }
% end
}
% if L.updates then
%   local list = {"x", "dy_in", "w_out"}
%   if L.bias then list[#list + 1] = "b_out" end
%   list[#list + 1] = "rate"
%   if L.batched then list[#list + 1] = "count" end

${signature("update", list)}
{
%   local decay = M.optimizer.weight_decay
%   if L.bias then
    for (int o = 0; o < ${outputs}; o++) {
        real a = ${decay > 0 and number(decay) .. " * b[o]" or "0"};
        for (int n = 0; n < ${samples}; n++) {
            a += dy[${add(mul("n", ys), "o")}];
        }
        b[o] -= rate * a;
    }
%   end
%   dw_loops("_update_", "w", ", rate")
}
% end
