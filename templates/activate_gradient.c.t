% -- dy becomes the gradient before the activation, in place; from the output y.
% local function row(base, s, i) return plus(base, add(mul(s, L.y.samples_row), mul(i, L.y.row), L.y.origin)) end
% if L.activation.name ~= "linear" and not L.skip_gradient and not L.activation.from_input then
%   for s in each("s", L.batched and "count" or 1) do for i in each("i", L.y.h) do
%       if L.activation.name == "softmax" then
%           for j in each("j", L.y.w) do
    ${use("cnn_softmax_grad")}(${plus("y", add(mul(s, L.y.samples_row), mul(i, L.y.row), mul(j, L.y.c), L.y.origin))}, ${plus("dy", add(mul(s, L.y.samples_row), mul(i, L.y.row), mul(j, L.y.c), L.y.origin))}, ${L.y.c});
%           end
%       elseif M.unroll == "full" then
%           for k in each("k", L.y.w * L.y.c) do
%               local place = "[" .. add(mul(s, L.y.samples_row), mul(i, L.y.row), k, L.y.origin) .. "]"
    dy${place} *= ${activate_gradient("y" .. place)};
%           end
%       else
    {
        const real *v = ${row("y", s, i)};
        real *dv = ${row("dy", s, i)};
        for (int k = 0; k < ${L.y.w * L.y.c}; k++) {
            dv[k] *= ${activate_gradient("v[k]")};
        }
    }
%       end
%   end end
% end
