% -- Convolution forward. Loops (or none at all) with --unroll none and full; register tiles otherwise.
% local out = L.conv
% local ic, oc = L.x.c // L.groups, L.filters // L.groups
% local arguments = {"x", "w"}
% local start = L.norm and "norm" or L.bias and "b" or "zero"
% if start ~= "zero" then arguments[#arguments + 1] = start end
% arguments[#arguments + 1] = "y"
% if L.argmax then arguments[#arguments + 1] = "argmax" end
% local function weight(ki, kj, c, o) return "w[" .. add(mul(add(mul(add(mul(ki, L.kernel.w), kj), ic), c), L.filters), o) .. "]" end
% local P = L.pool or {h = 1, w = 1}
% if M.unroll ~= "auto" then
${signature("forward", arguments)}
{
%   include("halo.c.t")
%   for i in each("i", L.y.h) do for j in each("j", L.y.w) do for g in each("g", L.groups) do for n in each("o", oc) do
%       local o = add(mul(g, oc), n)
    {
%       if L.pool then
        real best = ${L.pool.maximum and "-REAL_MAX" or "0"};
%       end
%       for pi in each("pi", P.h) do for pj in each("pj", P.w) do
%           local oi, oj = add(mul(i, P.h), pi), add(mul(j, P.w), pj)
        {
            real a = ${start == "b" and "b[" .. o .. "]" or "0"};
%           for ki in each("ki", L.kernel.h) do for kj in each("kj", L.kernel.w) do for c in each("c", ic) do
            a += ${at(L.x, "x", add(mul(oi, L.stride.h), mul(ki, L.dilation.h)), add(mul(oj, L.stride.w), mul(kj, L.dilation.w)), add(mul(g, ic), c))} * ${weight(ki, kj, c, o)};
%           end end end
%           if L.norm then
            a = a * norm[${o}] + norm[${add(o, L.filters)}];
%           end
%           if L.pool and L.pool.maximum then
            best = a > best ? a : best;
%           elseif L.pool then
            best += ${activate("a")};
%           elseif L.activation.name == "softmax" then
            ${at(L.y, "y", i, j, o)} = a;
%           else
            ${at(L.y, "y", i, j, o)} = ${activate("a")};
%           end
        }
%       end end
%       if L.pool and L.pool.maximum then
        ${at(L.y, "y", i, j, o)} = ${activate("best")};
%       elseif L.pool then
        ${at(L.y, "y", i, j, o)} = best * ${number(1 / (P.h * P.w))};
%       end
    }
%   end end end end
%   include("softmax.c.t")
}
% else
%   local relu = L.activation.name == "relu"
%   local pass = L.activation.name ~= "linear" and not relu
%   local tail = not M.portable and oc % L.tiles.lanes ~= 0
%   local function rows(variant) return variant.rows or 1 end -- of outputs in a tile
%   local loops = {}
%   if L.merged then
%       loops = {{n = L.kernel.h, x = L.x.row * L.dilation.h, w = L.kernel.w * ic * L.filters}, {n = L.kernel.w * ic, x = 1, w = L.filters}}
%   else
%       loops = {{n = L.kernel.h, x = L.x.row * L.dilation.h, w = L.kernel.w * ic * L.filters}, {n = L.kernel.w, x = L.dilation.w * L.x.c, w = ic * L.filters}, {n = ic, x = 1, w = L.filters}}
%   end
%   for _, variant in ipairs(L.tiles.forward) do for _, run in ipairs(variant.runs) do
%       local x, outputs = {}, {}
%       for r in range(rows(variant)) do for q in range(run.p) do
%           local accumulators = {}
%           for pi in range(P.h) do for pj in range(P.w) do
%               accumulators[#accumulators + 1] = #x
%               x[#x + 1] = (r + pi) * L.stride.h * L.x.row + (q * P.w + pj) * L.stride.w * L.x.c
%           end end
%           outputs[#outputs + 1] = {y = r * L.y.row + q * L.y.c, argmax = q * L.y.c, accumulators = accumulators}
%       end end
%       tile {fn = L.fn .. "_" .. width(variant.v, L.tiles.lanes) .. "x" .. #x, lanes = L.tiles.lanes, v = variant.v, x = x, outputs = outputs, loops = loops, start = start, channels = L.filters, relu = relu, pool = L.pool, argmax = L.argmax ~= nil, tail = tail, unroll = L.kernel.h * L.kernel.w * ic <= 32}
%   end end
%   local _, lanes = use_lanes(L.tiles.lanes)
${signature("forward", arguments)}
{
%   include("halo.c.t")
%   for g in each("g", L.groups) do
%   for variant, o, rest in channel_tiles("o", oc, L.tiles.forward, lanes) do
%       local R = rows(variant)
%       for i in each("i", L.y.h // R) do
        const real *xi = ${plus("x", add(mul(i, R * P.h * L.stride.h * L.x.row), mul(g, ic), L.x.origin))};
        real *yi = ${plus("y", add(mul(i, R * L.y.row), L.y.origin, mul(g, oc), o))};
%       if L.argmax then
        unsigned char *ai = ${plus("argmax", add(mul(i, L.y.w * L.y.c), mul(g, oc), o))};
%       end
%       for _, run in ipairs(variant.runs) do
%           local p = R * run.p * P.h * P.w
%           for j in each("j", run.count) do
%               local column = add(mul(j, run.p), run.start)
        ${L.fn}_${width(variant.v, L.tiles.lanes)}x${p}(${plus("xi", mul(column, P.w * L.stride.w * L.x.c))}, ${plus("w", add(mul(g, oc), o))}, ${start ~= "zero" and plus(start, add(mul(g, oc), o)) .. ", " or ""}${plus("yi", mul(column, L.y.c))}${L.argmax and ", " .. plus("ai", mul(column, L.y.c)) or ""}${tail and ", " .. rest or ""});
%           end
%       end
%       end
%   end
%   end
%   if pass then
%       include("activate.c.t")
%   end
}
% end
