% -- Mean, variance, gamma and beta of a norm (and the bias of the layer before it) as a scale and a shift: y = x*scale + shift. The form that
% -- leaves out taps has only the scale prepared.
% -- What stands behind another of them in the params struct needs no argument of its own.
% local arguments, behind = {}, {}
% local C = L.y.c
% local last, at
% for _, name in ipairs(L.clips and {"gamma", "moving_variance"} or {"b", "gamma", "beta", "moving_mean", "moving_variance"}) do
%   local offset = L.tensors[name == "b" and "bias" or name]
%   if offset and at and offset == at + C then
%       behind[#behind + 1] = "*const " .. name .. " = " .. last .. " + " .. C
%   elseif offset then
%       arguments[#arguments + 1] = name
%   end
%   if offset then last, at = name, offset end
% end
% arguments[#arguments + 1] = "prepare"
${signature("prepare_norm", arguments)}
{
% if #behind > 0 then
    const real ${table.concat(behind, ", ")};
% end
    ${use("cnn_inverse_sqrt")}(prepared, moving_variance, ${C}, ${number(L.epsilon)});
% if L.tensors.gamma then
%   for c in each("c", C) do
    prepared[${c}] *= gamma[${c}];
%   end
% end
% for c in each("c", L.clips and 0 or C) do
%   local mean = "moving_mean[" .. c .. "]"
    prepared[${add(c, C)}] = ${L.tensors.beta and "beta[" .. c .. "] + " or ""}(${L.tensors.bias and "b[" .. c .. "] - " .. mean or "-" .. mean}) * prepared[${c}];
% end
}

