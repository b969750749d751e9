% -- Mean, variance, gamma and beta of a norm (and the bias of the layer before it) as a scale and a shift: y = x*scale + shift. The form that
% -- leaves out taps has only the scale prepared.
% local arguments = {}
% local C = L.y.c
% for _, name in ipairs(L.clips and {"gamma", "moving_variance"} or {"b", "gamma", "beta", "moving_mean", "moving_variance"}) do
%   if L.tensors[name == "b" and "bias" or name] then arguments[#arguments + 1] = name end
% end
% arguments[#arguments + 1] = "prepare"
${signature("prepare_norm", arguments)}
{
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

