% -- Mean and variance of the channels of every pixel, then y.
% local C = L.y.c
% local N = channel_lanes(C)
% local relu = L.activation.name == "relu"
% local gamma, beta = L.tensors.gamma, L.tensors.beta
% local arguments = L.in_place and {} or {"x"}
% if gamma then arguments[#arguments + 1] = "gamma" end
% if beta then arguments[#arguments + 1] = "beta" end
% arguments[#arguments + 1] = "y"
${signature("forward", arguments)}
{
% include("halo.c.t")
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do
    {
        real *const v = ${plus("y", add(mul(i, L.y.row), mul(j, C), L.y.origin))};
%   local a = "v"
%   if not L.in_place then
%       a = "a"
        const real *const a = ${plus("x", add(mul(i, L.x.row), mul(j, C), L.x.origin))};
%   end
%   include("layer_norm.c.t", {A = a})
%   include("channels.c.t", {B = {n = N, again = true, body = function(n, c)
%       local scale = gamma and " * " .. vector_load(n, "gamma", c) or ""
%       local shift = beta and " + " .. vector_load(n, "beta", c) or ""
%       local s = ("(%s - mean) * inverse%s%s"):format(vector_load(n, a, c), scale, shift)
%       if relu and n == 1 then
        const real s = ${s};
        v[${c}] = s < 0 ? 0 : s;
%       else
        ${vector_store(n, "v", c, relu and vector_relu(n, s) or s)};
%       end
%   end}})
    }
% end end
% if not relu and L.activation.name ~= "linear" then include("activate.c.t") end
}
