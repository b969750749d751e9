% -- The gradient goes to the first place of each window that holds its maximum.
% local vector = M.unroll == "auto" and L.tiles.lanes > 1
% local _, lanes = use_lanes(vector and L.tiles.lanes or 1)
% local tail = L.y.c % L.tiles.lanes ~= 0
% local n = L.tiles.lanes
% local function pixel(W, ki, kj, c) return add(mul(add(mul(W.i, L.stride.h), ki, -L.padding.top), L.x.row), mul(add(mul(W.j, L.stride.w), kj, -L.padding.left), L.x.c), c, L.x.origin) end
${signature("backward", {"x", "y_in", "dy", "dx"})}
{
    memset(dx, 0, ${L.x.buffer} * sizeof(real));
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do
%   local W = {i = i, j = j}
%   local where = function(c) return add(mul(i, L.y.row), mul(j, L.y.c), c, L.y.origin) end
    {
%   include("window.c.t", {W = W})
%   if vector then
        for (int c = 0; c < ${L.y.c}; c += ${lanes}) {
            const v${n} best = load${n}(${plus("y", where("c"))}), g = load${n}(${plus("dy", where("c"))});
            m${n} left = all${n}();
%       for ki in each("ki", W.ki0, W.ki1) do for kj in each("kj", W.kj0, W.kj1) do
%           local p = pixel(W, ki, kj, "c")
            ${tail and "store" or "put"}${n}(${plus("dx", p)}, load${n}(${plus("dx", p)}) + take${n}(load${n}(${plus("x", p)}), best, g, &left)${tail and ", " .. L.y.c .. " - c" or ""});
%       end end
        }
%   else
%       for c in each("c", L.y.c) do
        {
            int left = 1;
%           for ki in each("ki", W.ki0, W.ki1) do for kj in each("kj", W.kj0, W.kj1) do
            if (left && x[${pixel(W, ki, kj, c)}] >= y[${where(c)}]) {
                dx[${pixel(W, ki, kj, c)}] += dy[${where(c)}];
                left = 0;
            }
%           end end
        }
%       end
%   end
    }
% end end
}
