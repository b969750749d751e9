% -- The register tile in plain C: sums of a block of channels in local arrays, one per pixel (several with V blocks or with
% -- copies), that the compiler keeps in vector registers. A function per operation, so that each is a loop it can turn into vectors.
% -- The sum is never unrolled, however short: clang then finds fewer vectors.
% local V, N, B = T.v, #T.x, T.lanes
% local adds = T.start == "y"
% local function sum(p, v) return "a" .. p .. (V > 1 and "_" .. v or "") end
% local function sums(list, v) local names = {} for i, p in ipairs(list) do names[i] = sum(p, v) end return names end
% local parts = {"the sum"}
% if T.start == "b" then parts[#parts + 1] = "the bias" end
% if T.start == "norm" then parts[#parts + 1] = "the norm" end
% if T.relu then parts[#parts + 1] = "relu" end
% if T.pool then parts[#parts + 1] = "the pool" end
/* ${T.comment or (V * B .. " channels x " .. N .. (N > 1 and " pixels" or " pixel") .. ": " .. table.concat(parts, ", ") .. ".")} */
${wrap("static inline void " .. T.fn, {"const real *restrict x", "const real *restrict w", T.start == "b" and "const real *restrict b" or T.start == "norm" and "const real *restrict norm" or false, "real *restrict y", adds and T.tail and "int done" or false, T.count and "int count" or false})}
{
% for p in range(N) do for v in range(V) do
%   if T.start == "b" and not (T.copies and p > 0) then
    real ${sum(p, v)}[${B}];
    copy${B}(${sum(p, v)}, ${plus("b", v * B)});
%   else
    real ${sum(p, v)}[${B}] = {0};
%   end
% end end
% local xs, ws, open = "x", "w", 0
% for level, loop in ipairs(T.loops) do if loop.n ~= 1 then
    for (int r${level} = 0; r${level} < ${loop.n}; r${level}++) {
        const real *x${level} = ${xs} + ${mul("r" .. level, loop.x)}, *w${level} = ${ws} ${loop.w < 0 and "-" or "+"} ${mul("r" .. level, math.abs(loop.w))};
%   xs, ws, open = "x" .. level, "w" .. level, open + 1
% end end
% for p in range(N) do for v in range(V) do
        madd${B}(${sum(p, v)}, ${plus(ws, (T.copies or 0) * p + v * B)}, ${xs}[${T.x[p + 1]}]);
% end end
% for _ in range(open) do
    }
% end
% if T.copies then
%   for r in range(T.rest) do for v in range(V) do
    madd${B}(${sum(r % N, v)}, ${plus("w", (T.done + r) * T.copies + v * B)}, x[${T.done + r}]);
%   end end
%   for p = 1, N - 1 do for v in range(V) do
    add${B}(${sum(0, v)}, ${sum(p, v)});
%   end end
% end
% for _, output in ipairs(T.outputs) do for v in range(V) do
%   local list = sums(output.accumulators, v)
%   local a, y = list[1], plus("y", add(output.y, v * B))
%   local average = T.pool and not T.pool.maximum
%   if T.start == "norm" then for _, each_sum in ipairs(list) do
    affine${B}(${each_sum}, ${plus("norm", v * B)}, ${plus("norm", T.channels + v * B)});
%   end end
%   if average and T.relu then for _, each_sum in ipairs(list) do
    relu${B}(${each_sum}, ${each_sum});
%   end end
%   for k = 2, #list do
    ${average and "add" or "max"}${B}(${a}, ${list[k]});
%   end
%   if adds then
    ${T.tail and "add_rest" .. B .. "(" .. y .. ", " .. a .. ", done)" or "add" .. B .. "(" .. y .. ", " .. a .. ")"};
%   elseif average then
    scale${B}(${y}, ${a}, ${number(1 / #list)});
%   elseif T.relu then
    relu${B}(${y}, ${a});
%   else
    copy${B}(${y}, ${a});
%   end
% end end
}

