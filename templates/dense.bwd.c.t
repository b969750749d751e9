% -- dw = x' dy, db = sum of dy, dx = dy w'. For dx the lanes are samples: dy is turned once, w is read as it lies.
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
% local dx_tile = auto and L.wants_dx
% if dx_tile then arguments[#arguments + 1] = "work" end
% if L.batched then arguments[#arguments + 1] = "count" end
% local samples = L.batched and "count" or 1
% local xs, ys = L.x.samples_row, L.y.samples_row
% if auto and L.trainable then
%   for _, variant in ipairs(L.tiles.dw) do for _, run in ipairs(variant.runs) do
%       local x, out = {}, {}
%       for p in range(run.p) do x[#x + 1] = p; out[#out + 1] = {y = p * outputs, accumulators = {p}} end
%       tile {fn = L.fn .. "_dw_" .. width(variant.v, L.tiles.lanes) .. "x" .. run.p, lanes = L.tiles.lanes, v = variant.v, x = x, outputs = out, loops = {{n = samples, x = xs, w = ys}}, start = "y", count = L.batched, tail = outputs % L.tiles.lanes ~= 0, comment = "Gradient of " .. run.p .. " rows of w x " .. wide(variant.v, L.tiles.lanes, "outputs") .. ", summed over samples."}
%   end end
% end
% if dx_tile then
%   for _, run in ipairs(L.tiles.dx_runs) do
%       local x, out = {}, {}
%       for p in range(run.p) do x[#x + 1] = p * outputs; out[#out + 1] = {y = p * M.batch, accumulators = {p}} end
%       tile {fn = L.fn .. "_dx_" .. run.p, lanes = L.tiles.dx_lanes, v = 1, x = x, outputs = out, loops = {{n = outputs, x = 1, w = M.batch}}, start = "zero", tail = M.batch % L.tiles.dx_lanes ~= 0, comment = "Gradient of " .. run.p .. " inputs for " .. (M.portable and L.tiles.dx_lanes .. " samples" or "a vector of samples") .. "."}
%   end
% end
${signature("backward", arguments)}
{
% if activation then include("activate_gradient.c.t") end
% if L.trainable and L.bias then
%   for n in each("n", samples) do for o in each("o", outputs) do
    db[${o}] += dy[${add(mul(n, ys), o)}];
%   end end
% end
% if L.trainable and not auto then
%   for n in each("n", samples) do for i in each("i", inputs) do for o in each("o", outputs) do
    dw[${add(mul(i, outputs), o)}] += x[${add(mul(n, xs), i)}] * dy[${add(mul(n, ys), o)}];
%   end end end
% elseif L.trainable then
%   local _, lanes = use_lanes(L.tiles.lanes)
    {
%   for variant, o, rest in channel_tiles("o", outputs, L.tiles.dw, lanes) do
%       for _, run in ipairs(variant.runs) do for i in each("i", run.count) do
            ${L.fn}_dw_${width(variant.v, L.tiles.lanes)}x${run.p}(${plus("x", add(mul(i, run.p), run.start))}, ${plus("dy", o)}, ${plus("dw", add(mul(add(mul(i, run.p), run.start), outputs), o))}${outputs % L.tiles.lanes ~= 0 and ", " .. rest or ""}${L.batched and ", count" or ""});
%       end end
%   end
    }
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
%       if M.portable and part_filled then
            for (int next = 0; next < ${samples}; next += ${lanes}) {
                const int n = next < ${M.batch - lanes} ? next : ${M.batch - lanes}; /* the last block overlaps the one before */
                ${L.fn}_dx_${run.p}(w + i * ${outputs}, turned + n, part + n);
            }
%       else
            for (int n = 0; n < ${samples}; n += ${lanes}) {
                ${L.fn}_dx_${run.p}(w + i * ${outputs}, turned + n, part + n${part_filled and ", " .. M.batch .. " - n" or ""});
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
