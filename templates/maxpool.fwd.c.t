% -- The largest value of each window. Lanes are channels; padding never wins, because it is never looked at.
% local vector = M.unroll == "auto" and L.tiles.lanes > 1
% local _, lanes = use_lanes(vector and L.tiles.lanes or 1)
% local tail = L.y.c % L.tiles.lanes ~= 0
% local function pixel(W, ki, kj, c) return add(mul(add(mul(W.i, L.stride.h), ki, -L.padding.top), L.x.row), mul(add(mul(W.j, L.stride.w), kj, -L.padding.left), L.x.c), c, L.x.origin) end
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% local ordered = L.reversed and each_down or each
% for i in ordered("i", L.y.h) do for j in ordered("j", L.y.w) do
%   local W = {i = i, j = j}
    {
%   include("window.c.t", {W = W})
%   if vector then
        for (int c = 0; c < ${L.y.c}; c += ${lanes}) {
            v${L.tiles.lanes} best = set${L.tiles.lanes}(-REAL_MAX);
%       for ki in each("ki", W.ki0, W.ki1) do for kj in each("kj", W.kj0, W.kj1) do
            best = max${L.tiles.lanes}(best, load${L.tiles.lanes}(${plus("x", pixel(W, ki, kj, "c"))}));
%       end end
            ${tail and "store" or "put"}${L.tiles.lanes}(${plus("y", add(mul(i, L.y.row), mul(j, L.y.c), "c", L.y.origin))}, best${tail and ", " .. L.y.c .. " - c" or ""});
        }
%   else
%       for c in each("c", L.y.c) do
        {
            real best = -REAL_MAX;
%           for ki in each("ki", W.ki0, W.ki1) do for kj in each("kj", W.kj0, W.kj1) do
            best = x[${pixel(W, ki, kj, c)}] > best ? x[${pixel(W, ki, kj, c)}] : best;
%           end end
            ${at(L.y, "y", i, j, c)} = best;
        }
%       end
%   end
    }
% end end
}
