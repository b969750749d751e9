% -- Convolution forward that reads x where it lies, with no zeros around it: taps outside of it are left out. Pixels are made one by one, from
% -- the first or from the last, all channels of one before the next, so that y may lie over the part of x that is needed no more.
% local T, P, K, S, D = L.tiles.clipped, L.pool or {h = 1, w = 1}, L.kernel, L.stride, L.dilation
% local F, C, ic, oc = L.filters, L.x.c, L.x.c // L.groups, L.filters // L.groups
% local V, N = T.v, T.lanes
% local vec, lanes = use_lanes(N)
% local arrays = M.portable and N > 1 -- sums are local arrays, otherwise V vectors or single values
% local maximum = L.pool and L.pool.maximum
% local relu, linear = L.activation.name == "relu", L.activation.name == "linear"
% local within = L.activation.name ~= "softmax" and (linear or relu or N == 1) -- the activation is applied to the sums
% local merged = L.merged and M.unroll ~= "full" and not T.depthwise -- the taps of a row and their channels are one loop
% local function ordered(name, n) return (L.reversed and each_down or each)(name, n) end
% local function lane(v) return v == 0 and 0 or mul(v, lanes) end
% local function load(base, offset) return vector_load(N, base, offset) end
% -- The first row (or column) of a window, and its taps from..to that lie inside x: numbers where they are known, otherwise C variables.
% local function axis(first, tap, i, outputs, stride, before, k, d, n)
%   if math.type(i) == "integer" then
%       local at = i * stride - before
%       return at, math.max(0, -(at // d)), math.min(k, -((at - n) // d))
%   end
%   local from, to = 0, k
%   if stride == 1 and before == 0 and (outputs - 1) + (k - 1) * d < n then return i, from, to end
        const int ${first} = ${add(mul(i, stride), -before)}; /* the window's first ${first == "top" and "row" or "column"} */
%   if before > 0 then
        const int ${tap}0 = ${first} < 0 ? ${d == 1 and "-" .. first or "(" .. d - 1 .. " - " .. first .. ")/" .. d} : 0;
%       from = tap .. "0"
%   end
%   if (outputs - 1) * stride - before + (k - 1) * d >= n then
        const int ${tap}1 = ${first} > ${n - 1 - (k - 1) * d} ? ${d == 1 and n .. " - " .. first or "(" .. n + d - 1 .. " - " .. first .. ")/" .. d} : ${k};
%       to = tap .. "1"
%   end
%   return first, from, to
% end
% local function rows(i, pi) return axis("top", "ki", add(mul(i, P.h), pi), L.conv.h, S.h, L.padding.top, K.h, D.h, L.x.h) end
% local function columns(j, pj) return axis("left", "kj", add(mul(j, P.w), pj), L.conv.w, S.w, L.padding.left, K.w, D.w, L.x.w) end
% -- a += the products of one row of taps; W: the window, ki: the row, o: the first channel, `at`: where column 0 of the window lies in x.
% local reads = false -- a window that is unrolled may lie wholly outside of x
% local function multiply(x, weight)
%   reads = true
%   if arrays then
                ${T.depthwise and "madd_each" .. N .. "(a, w + " .. weight .. ", x + " .. x .. ")" or "madd" .. N .. "(a, w + " .. weight .. ", x[" .. x .. "])"};
%   elseif V == 1 then
                a0 += ${T.depthwise and load("x", x) or "x[" .. x .. "]"} * ${load("w", weight)};
%   else
                const real v = x[${x}];
%       for v in range(V) do
                a${v} += v * ${load("w", add(weight, lane(v)))};
%       end
%   end
% end
% local function taps(W, ki, channel, o)
%   local at = add(mul(add(W.top, mul(ki, D.h)), L.x.row), mul(W.left, C), channel, L.x.origin)
%   if merged then
%       local from, to = mul(W.kj0, C), mul(W.kj1, C)
            for (int k = ${from}; k < ${to}; k++) {
%       multiply(add(at, "k"), add(mul(add(mul(ki, K.w * C), "k"), F), o))
            }
%       return
%   end
%   for kj in each("kj", W.kj0, W.kj1) do for c in each("c", T.depthwise and 1 or ic) do
%       local weight = mul(add(mul(add(mul(ki, K.w), kj), ic), c), F)
            {
%       multiply(add(at, mul(kj, D.w * C), c), add(weight, o))
            }
%   end end
% end
% -- One place of the window of a pool, or the pixel itself, from channel o on: its sums, with the norm.
% local function sums(W, g, o)
%   if arrays then
            real a[${N}]${L.bias and "" or " = {0}"};
%       if L.bias then
            copy${N}(a, ${plus("b", o)});
%       end
%   end
%   for v in range(arrays and 0 or V) do
            ${vec} a${v} = ${L.bias and load("b", add(o, lane(v))) or vector_zero(N)};
%   end
%   for ki in each("ki", W.ki0, W.ki1) do taps(W, ki, T.depthwise and o or mul(g, ic), o) end
%   if L.norm and arrays then
            {
                VECTOR_LOOP for (int k = 0; k < ${N}; k++) {
                    a[k] = (a[k] - moving_mean[${add(o, "k")}]) * norm[${add(o, "k")}]${L.tensors.beta and " + beta[" .. add(o, "k") .. "]" or ""};
                }
            }
%   elseif L.norm then
%       for v in range(V) do
%           local c = add(o, lane(v))
            a${v} = (a${v} - ${load("moving_mean", c)}) * ${load("norm", c)};
%           if L.tensors.beta then
            a${v} += ${load("beta", c)};
%           end
%       end
%   end
% end
% -- Puts the places of a pool's window together.
% local function pool(W, g, o)
%   if arrays then
        real best[${N}]${maximum and "" or " = {0}"};
%       if maximum then
        {
            VECTOR_LOOP for (int k = 0; k < ${N}; k++) {
                best[k] = -REAL_MAX;
            }
        }
%       end
%   end
%   for v in range(arrays and 0 or V) do
        ${vec} best${v} = ${not maximum and vector_zero(N) or N > 1 and "set" .. N .. "(-REAL_MAX)" or "-REAL_MAX"};
%   end
%   for pi in each("pi", P.h) do for pj in each("pj", P.w) do
        {
%       W.top, W.ki0, W.ki1 = rows(W.i, pi)
%       W.left, W.kj0, W.kj1 = columns(W.j, pj)
%       sums(W, g, o)
%       if arrays and not maximum and relu then
            relu${N}(a, a);
%       end
%       if arrays then
            ${maximum and "max" or "add"}${N}(best, a);
%       end
%       for v in range(arrays and 0 or V) do
%           local a, b = "a" .. v, "best" .. v
            ${b} = ${maximum and vector_max(N, b, a) or b .. " + " .. (relu and vector_relu(N, a) or a)};
%       end
        }
%   end end
% end
% -- Pixel (i, j) from channel o of group g on.
% local function block(W, g, o)
%   local place = add(W.y, o)
%   local name = L.pool and "best" or "a"
    {
%   if L.pool then pool(W, g, o) else sums(W, g, o) end
%   if arrays and L.pool and not maximum then
        scale${N}(y + ${place}, best, ${number(1 / (P.h * P.w))});
%   elseif arrays then
        ${relu and "relu" or "copy"}${N}(y + ${place}, ${name});
%   end
%   for v in range(arrays and 0 or V) do
%       local a = name .. v
%       if L.pool and not maximum then a = a .. " * " .. number(1 / (P.h * P.w))
%       elseif N > 1 and relu then a = vector_relu(N, a)
%       elseif N == 1 and within then a = activate(a) end
        ${vector_store(N, "y", add(place, lane(v)), a)};
%   end
    }
% end
% -- The channels of a group, a block of V vectors at a time.
% local function channels(W, g, n)
%   local first, width = mul(g, oc), mul(V, lanes)
%   if n == V * N and (arrays or N == 1) then
%       block(W, g, first)
%   elseif N == 1 then
%       for o in each("o", n) do block(W, g, add(first, o)) end
%   elseif n % (V * N) ~= 0 then
        for (int next = 0; next < ${n}; next += ${width}) {
            const int o = next + ${width} <= ${n} ? next : ${n} - ${width}; /* the last block overlaps the one before */
%       block(W, g, add(first, "o"))
        }
%   else
        for (int o = 0; o < ${n}; o += ${width}) {
%       block(W, g, add(first, "o"))
        }
%   end
% end
% local arguments = {"x", "w"}
% if L.bias then arguments[#arguments + 1] = "b" end
% for _, name in ipairs(not L.norm and {} or L.tensors.beta and {"norm", "moving_mean", "beta"} or {"norm", "moving_mean"}) do arguments[#arguments + 1] = name end
% arguments[#arguments + 1] = "y"
${signature("forward", arguments)}
{
% include("halo.c.t")
% for i in ordered("i", L.y.h) do
%   local W = {i = i}
    {
%   if not L.pool then W.top, W.ki0, W.ki1 = rows(i, 0) end
%   for j in ordered("j", L.y.w) do
    {
%       W.j, W.y = j, add(mul(i, L.y.row), mul(j, L.y.c), L.y.origin)
%       if not L.pool then W.left, W.kj0, W.kj1 = columns(j, 0) end
%       if T.depthwise then channels(W, 0, F) else for g in each("g", L.groups) do channels(W, g, oc) end end
%       if L.activation.name == "softmax" then
        ${use("cnn_softmax")}(${plus("y", W.y)}, ${F});
%       elseif not within then
        for (int o = 0; o < ${F}; o++) {
            y[${add(W.y, "o")}] = ${activate("y[" .. add(W.y, "o") .. "]")};
        }
%       end
    }
%   end
    }
% end
% if not reads then
    (void)x;
    (void)w;
% end
}
