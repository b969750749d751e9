% -- Convolution backward. dw: the taps are the pixels of a tile and the sum runs over the image. dx: every output pixel is scattered
% -- over its window, lanes are input channels, from a kernel with its channels swapped.
% local ic, oc = L.x.c // L.groups, L.filters // L.groups
% local K, S, D = L.kernel, L.stride, L.dilation
% local auto = M.unroll == "auto"
% local activation = L.activation.name ~= "linear" and not L.skip_gradient
% local arguments = {}
% if L.trainable then arguments[#arguments + 1] = "x" end
% if activation then arguments[#arguments + 1] = "y_in" end
% arguments[#arguments + 1] = "dy"
% if L.wants_dx then
%   arguments[#arguments + 1] = auto and "work" or "w"
%   arguments[#arguments + 1] = "dx"
% end
% if L.trainable then
%   arguments[#arguments + 1] = "dw"
%   if L.bias then arguments[#arguments + 1] = "db" end
% end
% local tail = oc % L.tiles.lanes ~= 0
% local dx_tail = ic % L.tiles.dx_lanes ~= 0
% if auto and L.trainable then
%   local loops = {{n = L.y.h, x = S.h * L.x.row, w = L.y.row}, {n = L.y.w, x = S.w * L.x.c, w = L.y.c}}
%   for _, variant in ipairs(L.tiles.dw) do for _, run in ipairs(variant.runs) do
%       local x, out = {}, {}
%       for p in range(run.p) do x[#x + 1] = p; out[#out + 1] = {y = p * L.filters, accumulators = {p}} end
%       tile {fn = L.fn .. "_dw_" .. width(variant.v, L.tiles.lanes) .. "x" .. run.p, lanes = L.tiles.lanes, v = variant.v, x = x, outputs = out, loops = loops, start = "y", tail = tail, comment = "Gradient of " .. run.p .. " taps x " .. wide(variant.v, L.tiles.lanes, "filters") .. ", summed over the image."}
%   end end
% end
% if auto and L.wants_dx then
%   for _, variant in ipairs(L.tiles.dx) do for _, run in ipairs(variant.runs) do
%       local x, out = {}, {}
%       for p in range(run.p) do x[#x + 1] = p * L.y.c; out[#out + 1] = {y = p * S.w * L.x.c, accumulators = {p}} end
%       tile {fn = L.fn .. "_dx_" .. width(variant.v, L.tiles.dx_lanes) .. "x" .. run.p, lanes = L.tiles.dx_lanes, v = variant.v, x = x, outputs = out, loops = {{n = oc, x = 1, w = ic}}, start = "y", tail = dx_tail, comment = "Adds what one tap sends to " .. run.p .. " input pixels x " .. wide(variant.v, L.tiles.dx_lanes, "channels") .. "."}
%   end end
${signature("prepare", {"w", "work"})}
{
    for (int k = 0; k < ${K.h * K.w}; k++) {
        for (int c = 0; c < ${ic}; c++) {
            for (int o = 0; o < ${L.filters}; o++) {
                work[(k * ${L.filters} + o) * ${ic} + c] = w[(k * ${ic} + c) * ${L.filters} + o];
            }
        }
    }
}

% end
${signature("backward", arguments)}
{
% if activation then include("activate_gradient.c.t") end
% if L.trainable and L.bias then
%   for i in each("i", L.y.h) do for j in each("j", L.y.w) do for o in each("o", L.filters) do
    db[${o}] += ${at(L.y, "dy", i, j, o)};
%   end end end
% end
% if not auto then
%   local function weight(ki, kj, c, o) return add(mul(add(mul(add(mul(ki, K.w), kj), ic), c), L.filters), o) end
%   local function window(g, i, j, ki, kj, c) return add(mul(i, S.h), mul(ki, D.h)), add(mul(j, S.w), mul(kj, D.w)), add(mul(g, ic), c) end
%   if L.trainable then
%       for g in each("g", L.groups) do for ki in each("ki", K.h) do for kj in each("kj", K.w) do for c in each("c", ic) do for n in each("n", oc) do
    {
        real a = 0;
%           for i in each("i", L.y.h) do for j in each("j", L.y.w) do
        a += ${at(L.x, "x", window(g, i, j, ki, kj, c))} * ${at(L.y, "dy", i, j, add(mul(g, oc), n))};
%           end end
        dw[${weight(ki, kj, c, add(mul(g, oc), n))}] += a;
    }
%       end end end end end
%   end
%   if L.wants_dx then
    memset(dx, 0, ${L.x.buffer} * sizeof(real));
%       for i in each("i", L.y.h) do for j in each("j", L.y.w) do for g in each("g", L.groups) do for ki in each("ki", K.h) do for kj in each("kj", K.w) do for c in each("c", ic) do
    {
        real a = 0;
%           for n in each("n", oc) do
        a += ${at(L.y, "dy", i, j, add(mul(g, oc), n))} * w[${weight(ki, kj, c, add(mul(g, oc), n))}];
%           end
        ${at(L.x, "dx", window(g, i, j, ki, kj, c))} += a;
    }
%       end end end end end end
%   end
% else
%   local _, lanes = use_lanes(L.tiles.lanes)
%   local _, dx_lanes = use_lanes(L.tiles.dx_lanes)
%   if L.trainable then
%       for g in each("g", L.groups) do
    {
%           for variant, o, rest in channel_tiles("o", oc, L.tiles.dw, lanes) do
%               for ki in each("ki", K.h) do for kj in each("kj", L.merged and 1 or K.w) do for _, run in ipairs(variant.runs) do for t in each("t", run.count) do
%                   local tap = add(mul(t, run.p), run.start)
            ${L.fn}_dw_${width(variant.v, L.tiles.lanes)}x${run.p}(${plus("x", add(mul(ki, D.h * L.x.row), mul(kj, D.w * L.x.c), tap, mul(g, ic)))}, ${plus("dy", add(o, mul(g, oc), L.y.origin))}, ${plus("dw", add(mul(add(mul(add(mul(ki, K.w), kj), ic), tap), L.filters), o, mul(g, oc)))}${tail and ", " .. rest or ""});
%               end end end end
%           end
    }
%       end
%   end
%   if L.wants_dx then
    memset(dx, 0, ${L.x.buffer} * sizeof(real));
%       for g in each("g", L.groups) do
    {
%           for variant, c, rest in channel_tiles("c", ic, L.tiles.dx, dx_lanes) do
%               for ki in each("ki", K.h) do for kj in each("kj", K.w) do for i in each("i", L.y.h) do for _, run in ipairs(variant.runs) do for t in each("t", run.count) do
%                   local column = add(mul(t, run.p), run.start)
            ${L.fn}_dx_${width(variant.v, L.tiles.dx_lanes)}x${run.p}(${plus("dy", add(mul(i, L.y.row), mul(column, L.y.c), mul(g, oc), L.y.origin))}, ${plus("work", add(mul(add(mul(add(mul(ki, K.w), kj), L.filters), mul(g, oc)), ic), c))}, ${plus("dx", add(mul(i, S.h * L.x.row), mul(ki, D.h * L.x.row), mul(column, S.w * L.x.c), mul(kj, D.w * L.x.c), mul(g, ic), c))}${dx_tail and ", " .. rest or ""});
%               end end end end end
%           end
    }
%       end
%   end
% end
}
