% -- Convolution backward with few filters, nothing sent down: lanes are columns of y, the accumulators taps of one filter, which stay
% -- in registers over the image. A lane keeps its own sum over all samples; lanes are added up at the end.
% local K, S, D, F, IC = L.kernel, L.stride, L.dilation, L.filters, L.x.c
% local P = L.pool or {h = 1, w = 1}
% local N = L.tiles.columns
% local vec, lanes = use_lanes(N)
% -- So that sums do not depend on the target, there are as many of them as the widest vectors have lanes: narrower ones take their
% -- columns in several turns.
% local fixed = M.reproducible
% local sums = fixed and N or lanes
% local input, gradient = L.tiles.input, L.tiles.gradient
% local move = S.w * P.w
% local activation = L.activation.name ~= "linear" and not L.skip_gradient
% -- With one filter dy is a plane as it is.
% local apart_dy = F > 1
% local pitch = apart_dy and gradient.row or L.y.row
% local tail = L.y.w % 16 ~= 0
% local function valid(g) return tail and "first" .. N .. "(" .. g .. ", " .. L.y.w .. " - j)" or g end
% -- As many rows of the kernel as registers hold, of one channel.
% local most = math.max(1, math.min(K.h, 12 // K.w))
% local groups = (K.h + most - 1) // most
% local rows = (K.h + groups - 1) // groups
% local sizes = K.h % rows == 0 and {rows} or {rows, K.h % rows}
% for _, size in ipairs(sizes) do
/* Adds what one filter's g gives to ${size} x ${K.w} taps of a channel, a sum in every lane. */
${wrap("static inline void " .. L.fn .. "_dw_" .. size, {"const real *restrict x", "const real *restrict g", L.argmax and "const unsigned char *restrict argmax" or false, "real *restrict sums", fixed and "int first" or false})}
{
%   local function slot(ki, kj) return plus("sums", mul((ki * K.w + kj) * IC * F, sums)) end
%   for ki in range(size) do for kj in range(K.w) do
    ${vec} a${ki}_${kj} = load${N}(${slot(ki, kj)});
%   end end
%   for i in each("i", L.y.h) do
    for (int j = ${fixed and "first" or 0}; j < ${L.y.w}; j += ${sums}) {
        const real *at = ${plus("x", add(mul(i, P.h * S.h * input.row), "j"))};
        const ${vec} t = ${valid("load" .. N .. "(" .. plus("g", add(mul(i, pitch), "j")) .. ")")};
%       if L.argmax then
        const m${N} which = marked${N}(${plus("argmax", add(mul(i, L.y.w), "j"))});
%       end
%       for pi in range(P.h) do for pj in range(P.w) do
        {
%           if L.argmax then
            const ${vec} t${pi}_${pj} = where${N}(which, ${pi * P.w + pj}, t);
%           end
%           for ki in range(size) do for kj in range(K.w) do
%               local column = pj * S.w + kj * D.w
            a${ki}_${kj} += ${L.argmax and "t" .. pi .. "_" .. pj or "t"} * load${N}(${plus("at", column % move * IC * input.plane + (pi * S.h + ki * D.h) * input.row + column // move)});
%           end end
        }
%       end end
    }
%   end
%   for ki in range(size) do for kj in range(K.w) do
    put${N}(${slot(ki, kj)}, a${ki}_${kj});
%   end end
}

% end
% local taps = K.h * K.w * IC * F
${signature("finish", {"sums", "dw", L.bias and "db" or nil})}
{
    for (int k = 0; k < ${taps}; k++) {
        for (int lane = 0; lane < ${sums}; lane++) {
            dw[k] += sums[k * ${sums} + lane];
        }
    }
% if L.bias then
    for (int o = 0; o < ${F}; o++) {
        for (int lane = 0; lane < ${sums}; lane++) {
            db[o] += sums[(${taps} + o) * ${sums} + lane];
        }
    }
% end
}

% local arguments = {"x"}
% if activation then arguments[#arguments + 1] = "y_in" end
% arguments[#arguments + 1] = "dy"
% if L.argmax then arguments[#arguments + 1] = "argmax_in" end
% arguments[#arguments + 1] = "work"
% arguments[#arguments + 1] = "sums"
${signature("backward", arguments)}
{
    real *const g = ${apart_dy and plus("work", input.planes * input.plane) or plus("dy", L.y.origin)};
% if activation then include("activate_gradient.c.t") end
% include("split.c.t", {S = {from = "x", to = "work", view = L.x, split = input}})
% if apart_dy then include("split.c.t", {S = {from = "dy", to = "g", view = L.y, split = gradient}}) end
% if fixed then
    for (int lane = 0; lane < ${sums}; lane += ${lanes}) {
% end
% for o in each("o", F) do
    {
        const real *const go = ${plus("g", mul(o, gradient.plane))};
%   for c in each("c", IC) do
%       local first = 0
%       for _, size in ipairs(sizes) do
%           local count = size == rows and K.h // rows or 1
%           for k in each("k", count) do
%               local ki = add(mul(k, rows), first)
        ${wrap(L.fn .. "_dw_" .. size, {plus("work", add(mul(c, input.plane), mul(ki, D.h * input.row))), "go", L.argmax and plus("argmax", mul(o, L.y.h * L.y.w)) or false, plus("sums", add(mul(add(mul(ki, K.w * IC * F), mul(c, F), o), sums), fixed and "lane" or 0)), fixed and "lane" or false})};
%           end
%           first = first + count * rows
%       end
%   end
%   if L.bias then
        {
            ${vec} sum = load${N}(sums + ${add(mul(add(taps, o), sums), fixed and "lane" or 0)});
%       for i in each("i", L.y.h) do
            for (int j = ${fixed and "lane" or 0}; j < ${L.y.w}; j += ${sums}) {
                sum += ${valid("load" .. N .. "(" .. plus("go", add(mul(i, pitch), "j")) .. ")")};
            }
%       end
            put${N}(sums + ${add(mul(add(taps, o), sums), fixed and "lane" or 0)}, sum);
        }
%   end
    }
% end
% if fixed then
    }
% end
}
