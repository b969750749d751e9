% -- A pixel gets the gradients of all places it was copied to: rows first, then the sides of each, as forward the other way round.
% local P, C = L.padding, L.y.c
% local step = L.kind:find("^reflect") and 1 or 0
% local function less(a, k, c) if math.type(k) == "integer" then return a - k * c end return a .. " - " .. mul(k, c) end
% local function more(a, k, c) return add(mul(k, c), a) end
% local right, below = (P.left + L.x.w - 1) * C, (P.top + L.x.h - 1) * L.y.row + L.y.origin
% local above = P.top * L.y.row + L.y.origin
% local function gather(name, to, from, n)
    {
        real *const to = ${plus(name, to)};
        const real *const from = ${plus(name, from)};
%   for o in each("o", n) do
        to[${o}] += from[${o}];
%   end
    }
% end
${signature("backward", {"dy", "dx"})}
{
% for k in each("k", 1, P.top + 1) do
%   gather("dy", more(above, k, step * L.y.row), less(above, k, L.y.row), L.y.w * C)
% end
% for k in each("k", 1, P.bottom + 1) do
%   gather("dy", less(below, k, step * L.y.row), more(below, k, L.y.row), L.y.w * C)
% end
% for i in each("i", L.x.h) do
    {
        real *const d = ${plus("dy", add(mul(i, L.y.row), above))};
%   for k in each("k", 1, P.left + 1) do
%       gather("d", more(P.left * C, k, step * C), less(P.left * C, k, C), C)
%   end
%   for k in each("k", 1, P.right + 1) do
%       gather("d", less(right, k, step * C), more(right, k, C), C)
%   end
        memcpy(${plus("dx", add(mul(i, L.x.row), L.x.origin))}, ${plus("d", P.left * C)}, ${L.x.w * C} * sizeof(real));
    }
% end
}
