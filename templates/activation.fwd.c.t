% -- ${L.activation.name} on every value (softmax: over the channels of every pixel).
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% for i in each("i", L.y.h) do for k in each("k", L.y.w * L.y.c) do
%   local v = at(L.x, "x", i, 0, k)
    ${at(L.y, "y", i, 0, k)} = ${L.activation.name == "softmax" and v or activate(v)};
% end end
% include("softmax.c.t")
}
