% -- Each row with its sides continued, then the rows above and below from those.
% local P, C = L.padding, L.y.c
% local step = L.kind:find("^reflect") and 1 or 0
% local function less(a, k, c) if math.type(k) == "integer" then return a - k * c end return a .. " - " .. mul(k, c) end
% local function more(a, k, c) return add(mul(k, c), a) end
% local right, below = (P.left + L.x.w - 1) * C, (P.top + L.x.h - 1) * L.y.row + L.y.origin
% local above = P.top * L.y.row + L.y.origin
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% for i in each("i", L.x.h) do
    {
        real *const v = ${plus("y", add(mul(i, L.y.row), above))};
        memcpy(${plus("v", P.left * C)}, ${plus("x", add(mul(i, L.x.row), L.x.origin))}, ${L.x.w * C} * sizeof(real));
%   for k in each("k", 1, P.left + 1) do
        memcpy(${plus("v", less(P.left * C, k, C))}, ${plus("v", more(P.left * C, k, step * C))}, ${C} * sizeof(real));
%   end
%   for k in each("k", 1, P.right + 1) do
        memcpy(${plus("v", more(right, k, C))}, ${plus("v", less(right, k, step * C))}, ${C} * sizeof(real));
%   end
    }
% end
% for k in each("k", 1, P.top + 1) do
    memcpy(${plus("y", less(above, k, L.y.row))}, ${plus("y", more(above, k, step * L.y.row))}, ${L.y.w * C} * sizeof(real));
% end
% for k in each("k", 1, P.bottom + 1) do
    memcpy(${plus("y", more(below, k, L.y.row))}, ${plus("y", less(below, k, step * L.y.row))}, ${L.y.w * C} * sizeof(real));
% end
}
