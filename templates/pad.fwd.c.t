% -- A copy with zeros around it.
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% if M.unroll == "full" then
%   for i in each("i", L.x.h) do for k in each("k", L.x.w * L.x.c) do
    ${at(L.y, "y", i, 0, k)} = ${at(L.x, "x", i, 0, k)};
%   end end
% else
%   for i in each("i", L.x.h) do
    memcpy(${plus("y", add(mul(i, L.y.row), L.y.origin))}, ${plus("x", add(mul(i, L.x.row), L.x.origin))}, ${L.x.w * L.x.c} * sizeof(real));
%   end
% end
}
