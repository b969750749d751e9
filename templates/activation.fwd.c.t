% -- ${L.activation.name} on every value (softmax: over the channels of every pixel).
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% local ordered = L.reversed and each_down or each
% for i in ordered("i", L.y.h) do for k in ordered("k", L.y.w * L.y.c) do
%   local v = at(L.x, "x", i, 0, k)
    ${at(L.y, "y", i, 0, k)} = ${L.activation.name == "softmax" and v or activate(v)};
% end end
% include("softmax.c.t")
}
