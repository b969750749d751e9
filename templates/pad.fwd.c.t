% -- A copy with zeros around it, or into its channels of a concat.
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% if M.unroll == "full" then
%   for i in each("i", L.x.h) do for j in each("j", L.x.w) do for c in each("c", L.x.c) do
    ${at(L.y, "y", i, j, c)} = ${at(L.x, "x", i, j, c)};
%   end end end
% else
%   local piece = L.y.pixel == L.x.c and L.x.w * L.x.c or L.x.c
%   for i in each("i", L.x.h) do for j in each("j", L.x.w * L.x.c // piece) do
    memcpy(${plus("y", add(mul(i, L.y.row), mul(j, L.y.pixel), L.y.origin))}, ${plus("x", add(mul(i, L.x.row), mul(j, L.x.pixel), L.x.origin))}, ${piece} * sizeof(real));
%   end end
% end
}
