% -- A register tile: acc[p][v] = start + sum over the loops of x[p] * w[v], then what is fused behind it, then the stores.
% local V, N = T.v, #T.x
% local vec, lanes = use_lanes(T.lanes)
% local function load(base, offset) return vector_load(T.lanes, base, offset) end
% local function lane(v) return v == 0 and 0 or mul(v, lanes) end
% local depth = #T.loops
% local function multiply(p, x)
%   local list = {}
%   for v in range(V) do list[#list + 1] = "a" .. p .. "_" .. v .. " += " .. x .. " * k" .. v .. ";" end
    ${table.concat(list, " ")}
% end
% local across = T.lanes == 1 and (V > 1 and "channels" or "channel") or (V > 1 and "vectors of channels" or "vector of channels")
% local parts = {"the sum"}
% if T.start == "b" then parts[#parts + 1] = "the bias" end
% if T.start == "norm" then parts[#parts + 1] = "the norm" end
% if T.relu then parts[#parts + 1] = "relu" end
% if T.pool then parts[#parts + 1] = "the pool" end
/* ${T.comment or (V .. " " .. across .. " x " .. N .. (N > 1 and " pixels" or " pixel") .. ": " .. table.concat(parts, ", ") .. ", in registers.")} */
${wrap("static inline void " .. T.fn, {"const real *restrict x", "const real *restrict w", T.start == "b" and "const real *restrict b" or T.start == "norm" and "const real *restrict norm" or false, "real *restrict y", T.argmax and "unsigned char *restrict argmax" or false, T.tail and "int n" or false, T.count and "int count" or false, T.update and "real rate" or false})}
{
% for p in range(N) do for v in range(V) do
%   if T.start == "b" and T.copies then
    ${vec} a${p}_${v} = ${p == 0 and load("b", lane(v)) or vector_zero(T.lanes)};
%   elseif T.start == "b" then
    ${vec} a${p}_${v} = ${load("b", lane(v))};
%   elseif T.start == "y" then
    ${vec} a${p}_${v} = ${load("y", add(T.outputs[p + 1].y, lane(v)))};
%   else
    ${vec} a${p}_${v} = ${vector_zero(T.lanes)};
%   end
% end end
% if T.unroll then
%   local function statements(level, xo, wo)
%       if level > depth then
    {
%           for v in range(V) do
        const ${vec} k${v} = ${load("w", add(wo, lane(v)))};
%           end
%           for p in range(N) do multiply(p, "x[" .. xo + T.x[p + 1] .. "]") end
    }
%           return
%       end
%       local loop = T.loops[level]
%       for r in range(loop.n) do statements(level + 1, xo + r * loop.x, wo + r * loop.w) end
%   end
%   statements(1, 0, 0)
% else
%   local xs, ws = "x", "w"
%   local open = 0
%   for level, loop in ipairs(T.loops) do if loop.n ~= 1 then
    for (int r${level} = 0; r${level} < ${loop.n}; r${level}++) {
        const real *x${level} = ${xs} + ${mul("r" .. level, loop.x)}, *w${level} = ${ws} ${loop.w < 0 and "-" or "+"} ${mul("r" .. level, math.abs(loop.w))};
%       xs, ws, open = "x" .. level, "w" .. level, open + 1
%   end end
%   if T.copies then
%       for p in range(N) do
        a${p}_0 += ${xs}[${T.x[p + 1]}] * ${load(ws, T.copies * p)};
%       end
%   else
%       for v in range(V) do
        const ${vec} k${v} = ${load(ws, lane(v))};
%       end
%       for p in range(N) do multiply(p, xs .. "[" .. T.x[p + 1] .. "]") end
%   end
%   for _ in range(open) do
    }
%   end
% end
% if T.copies then
%   for r in range(T.rest) do
    a${r % N}_0 += x[${T.done + r}] * ${load("w", (T.done + r) * T.copies)};
%   end
%   local step = N
%   while step > 1 do
%       for p in range(step // 2) do
    a${p}_0 += a${p + step // 2}_0;
%       end
%       step = step // 2
%   end
% end
% if T.start == "norm" then
%   for v in range(V) do
    const ${vec} scale${v} = ${load("norm", lane(v))}, shift${v} = ${load("norm", add(T.channels, lane(v)))};
%   end
%   for _, output in ipairs(T.outputs) do for _, p in ipairs(output.accumulators) do for v in range(V) do
    a${p}_${v} = a${p}_${v} * scale${v} + shift${v};
%   end end end
% end
% for _, output in ipairs(T.outputs) do
%   local list = output.accumulators
%   for v in range(V) do
%       if T.pool then
%           if not T.pool.maximum and T.relu then
%               for _, p in ipairs(list) do
    a${p}_${v} = ${vector_relu(T.lanes, "a" .. p .. "_" .. v)};
%               end
%           end
%           if T.argmax then
    {
        m${T.lanes} which = {0};
%               for k = 2, #list do
        a${list[1]}_${v} = larger${T.lanes}(a${list[1]}_${v}, a${list[k]}_${v}, ${k - 1}, &which);
%               end
        mark${T.lanes}(${plus("argmax", add(output.argmax, lane(v)))}, which, ${T.tail and add("n", v == 0 and 0 or "-" .. mul(v, lanes)) or lanes});
    }
%           end
%           for k = T.argmax and #list + 1 or 2, #list do
    a${list[1]}_${v} = ${T.pool.maximum and vector_max(T.lanes, "a" .. list[1] .. "_" .. v, "a" .. list[k] .. "_" .. v) or "a" .. list[1] .. "_" .. v .. " + a" .. list[k] .. "_" .. v};
%           end
%           if not T.pool.maximum then
    a${list[1]}_${v} *= ${number(1 / #list)};
%           end
%       end
%       local a = "a" .. list[1] .. "_" .. v
%       if T.relu and not (T.pool and not T.pool.maximum) then a = vector_relu(T.lanes, a) end
%       if T.update then
%           local y = vector_load(T.lanes, "y", add(output.y, lane(v)))
%           a = y .. " - rate * " .. (T.update > 0 and "(" .. a .. " + " .. number(T.update) .. " * " .. y .. ")" or a)
%       end
    ${vector_store(T.lanes, "y", add(output.y, lane(v)), a, T.tail and add("n", v == 0 and 0 or "-" .. mul(v, lanes)))};
%   end
% end
}

