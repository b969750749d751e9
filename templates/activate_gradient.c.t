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
%           local length = L.y.w * L.y.c
%           local vector = L.activation.name == "relu" and M.unroll == "auto" and not M.portable and length >= 4
%           if vector then
%               local n = length < 8 and 4 or length < 16 and 8 or 16
%               local lanes = select(2, use_lanes(n))
        int k = 0;
        for (; k + ${lanes} <= ${length}; k += ${lanes}) {
            put${n}(dv + k, pass${n}(load${n}(v + k), load${n}(dv + k)));
        }
        for (; k < ${length}; k++) {
            dv[k] = v[k] > 0 ? dv[k] : 0;
        }
%           else
        for (int k = 0; k < ${length}; k++) {
            dv[k] *= ${activate_gradient("v[k]")};
        }
%           end
    }
%       end
%   end end
% end
