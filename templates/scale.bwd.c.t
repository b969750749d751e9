% -- A frozen norm: dx = dy * scale.
% local through = L.activation.name ~= "linear" and not L.skip_gradient and not L.activation.from_input
${signature("backward", through and {"y_in", "norm", "dy", "dx"} or {"norm", "dy", "dx"})}
{
% include("activate_gradient.c.t")
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do for c in each("c", L.y.c) do
    ${at(L.x, "dx", i, j, c)} = ${at(L.y, "dy", i, j, c)} * norm[${c}];
% end end end
}
