% -- db += the sum of dy over all pixels, and samples of a batched step; vectors of channels stay in registers.
% local pixels = {{name = "n", count = L.batched and "count" or 1, step = L.y.samples_row}, {name = "i", count = L.y.h, step = L.y.row}, {name = "j", count = L.y.w, step = L.y.c}}
% local n = L.tiles.lanes
% if M.unroll ~= "auto" or M.portable or n == 1 then
%   for s in each("n", pixels[1].count) do for i in each("i", L.y.h) do for j in each("j", L.y.w) do for o in each("o", L.y.c) do
    db[${o}] += ${plus("dy", 0)}[${add(mul(s, L.y.samples_row), mul(i, L.y.row), mul(j, L.y.c), o, L.y.origin)}];
%   end end end end
% else
%   local vec, lanes = use_lanes(n)
%   local tail = L.y.c % n ~= 0
    for (int o = 0; ${L.updates and "db && " or ""}o < ${L.y.c}; o += ${lanes}) {
        ${vec} sum = ${vector_load(n, "db", "o")};
%   for s in each("n", pixels[1].count) do for i in each("i", L.y.h) do for j in each("j", L.y.w) do
        sum += ${vector_load(n, "dy", add(mul(s, L.y.samples_row), mul(i, L.y.row), mul(j, L.y.c), "o", L.y.origin))};
%   end end end
        ${vector_store(n, "db", "o", "sum", tail and L.y.c .. " - o")};
    }
% end
