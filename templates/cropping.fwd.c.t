% -- A copy of the inside.
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% local function inside(i) return add(mul(add(i, L.padding.top), L.x.row), L.padding.left * L.x.c, L.x.origin) end
% for i in each("i", L.y.h) do if M.unroll == "full" then
%   for k in each("k", L.y.w * L.y.c) do
    ${at(L.y, "y", i, 0, k)} = x[${add(inside(i), k)}];
%   end
% else
    memcpy(${plus("y", add(mul(i, L.y.row), L.y.origin))}, ${plus("x", inside(i))}, ${L.y.w * L.y.c} * sizeof(real));
% end end
}
