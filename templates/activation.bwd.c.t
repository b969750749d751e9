% -- The gradient through an activation of its own: dx = dy * f'(x), from the input or from the output.
% local from_input = L.activation.from_input
% local arguments = from_input and {"x", "dy", "dx"} or {"y_in", "dy", "dx"}
% if L.skip_gradient then arguments = {"dy", "dx"} end
${signature("backward", arguments)}
{
% if L.x.halo then
    memset(dx, 0, ${L.x.buffer} * sizeof(real));
% end
% for i in each("i", L.y.h) do for k in each("k", L.y.w * L.y.c) do
%   local dy = at(L.y, "dy", i, 0, k)
%   if L.skip_gradient or L.activation.name == "softmax" then
    ${at(L.x, "dx", i, 0, k)} = ${dy};
%   else
    ${at(L.x, "dx", i, 0, k)} = ${dy} * ${activate_gradient(from_input and at(L.x, "x", i, 0, k) or at(L.y, "y", i, 0, k))};
%   end
% end end
% if L.activation.name == "softmax" and not L.skip_gradient then
%   for i in each("i", L.y.h) do for j in each("j", L.y.w) do
    ${use("cnn_softmax_grad")}(${plus("y", add(mul(i, L.y.row), mul(j, L.y.c), L.y.origin))}, ${plus("dx", add(mul(i, L.x.row), mul(j, L.x.c), L.x.origin))}, ${L.y.c});
%   end end
% end
}
