% -- y = b + x w. One sample: whole rows of w stream by, outputs stay in registers. A batch: samples are the pixels of a tile.
% local inputs, outputs = L.x.count, L.filters
% local arguments = {"x", "w"}
% local start = L.norm and "norm" or L.bias and "b" or "zero"
% if start ~= "zero" then arguments[#arguments + 1] = start end
% arguments[#arguments + 1] = "y"
% if L.batched then arguments[#arguments + 1] = "count" end
% if M.unroll ~= "auto" then
${signature("forward", arguments)}
{
%   for n in each("n", L.batched and "count" or 1) do for o in each("o", outputs) do
    {
        real a = ${start == "b" and "b[" .. o .. "]" or "0"};
%       for i in each("i", inputs) do
        a += x[${add(mul(n, L.x.samples_row), i)}] * w[${add(mul(i, outputs), o)}];
%       end
%       if L.norm then
        a = a * norm[${o}] + norm[${add(o, outputs)}];
%       end
        y[${add(mul(n, L.y.samples_row), o)}] = ${L.activation.name == "softmax" and "a" or activate("a")};
    }
%   end end
%   include("softmax.c.t")
}
% else
%   local relu = L.activation.name == "relu"
%   local tail = not M.portable and outputs % L.tiles.lanes ~= 0
%   local _, lanes = use_lanes(L.tiles.lanes)
%   local all = {}
%   for _, variant in ipairs(L.batched and L.tiles.batch or {}) do
%       local x, out = {}, {}
%       for p in range(variant.p) do
%           x[#x + 1] = p * L.x.samples_row
%           out[#out + 1] = {y = p * L.y.samples_row, accumulators = {p}}
%       end
%       tile {fn = L.fn .. "_" .. width(variant.v, L.tiles.lanes) .. "x" .. variant.p, lanes = L.tiles.lanes, v = variant.v, x = x, outputs = out, loops = {{n = inputs, x = 1, w = outputs}}, start = start, channels = outputs, relu = relu, tail = tail, comment = wide(variant.v, L.tiles.lanes, "outputs") .. " x " .. variant.p .. " samples."}
%   end
%   for _, variant in ipairs(L.tiles.single) do
%       local copies = variant.copies
%       local x = {}
%       for p in range(copies) do x[#x + 1] = p end
%       tile {fn = L.fn .. "_" .. width(variant.v, L.tiles.lanes) .. "x1", lanes = L.tiles.lanes, v = variant.v, x = x, outputs = {{y = 0, accumulators = {0}}}, loops = {{n = inputs // copies, x = copies, w = copies * outputs}}, copies = copies > 1 and outputs or nil, done = inputs // copies * copies, rest = inputs % copies, start = start, channels = outputs, relu = relu, tail = tail, comment = wide(variant.v, L.tiles.lanes, "outputs") .. ", one sample" .. (copies > 1 and ", " .. copies .. " sums side by side" or "") .. "."}
%   end
${signature("forward", arguments)}
{
%   local function call(variant, p, x, y, o, rest)
    ${L.fn}_${width(variant.v, L.tiles.lanes)}x${p}(${x}, ${plus("w", o)}, ${start ~= "zero" and plus(start, o) .. ", " or ""}${plus(y, o)}${tail and ", " .. rest or ""});
%   end
%   local function outputs_loop(variants, p, x, y)
%       if M.portable and L.tiles.lanes > 1 then
%           for variant, o, rest in channel_tiles("o", outputs, variants, lanes) do call(variant, p, x, y, o, rest) end
%           return
%       end
    for (int o = 0; o < ${outputs};) {
%       for number, variant in ipairs(variants) do
%           local last = number == #variants
%           if not last then
        if (${add("o", mul(variant.v - 1, lanes))} < ${outputs}) {
%           end
%           call(variant, p, x, y, "o", outputs .. " - o")
            o += ${mul(variant.v, lanes)};
%           if not last then
            continue;
        }
%           end
%       end
    }
%   end
%   if L.batched then
    int n = 0;
%       for _, variant in ipairs(L.tiles.batch) do if variant.main then
    for (; n + ${variant.p} <= count; n += ${variant.p}) {
        const real *xn = x + ${times("(size_t)n", L.x.samples_row)};
        real *yn = y + ${times("(size_t)n", L.y.samples_row)};
%       outputs_loop(L.tiles.batch, variant.p, "xn", "yn")
    }
%       end end
    for (; n < count; n++) {
        const real *xn = x + ${times("(size_t)n", L.x.samples_row)};
        real *yn = y + ${times("(size_t)n", L.y.samples_row)};
%       outputs_loop(L.tiles.single, 1, "xn", "yn")
    }
%   else
%       outputs_loop(L.tiles.single, 1, "x", "y")
%   end
%   if L.activation.name ~= "linear" and not relu then include("activate.c.t") end
}
% end
