% -- Of every pixel the mean of its channels and their variance, which becomes 1/deviation; these are kept. Then y.
% local C, pixels = L.y.c, L.y.h * L.y.w
% local N = channel_lanes(C)
% local relu = L.activation.name == "relu"
% local gamma, beta = L.tensors.gamma, L.tensors.beta
% local arguments = L.in_place and {} or {"x"}
% if gamma then arguments[#arguments + 1] = "gamma" end
% if beta then arguments[#arguments + 1] = "beta" end
% arguments[#arguments + 1] = "y"
% arguments[#arguments + 1] = "kept"
% local function input(i, j)
%   if L.in_place then return plus("y", add(mul(i, L.y.row), mul(j, C), L.y.origin)) end
%   return plus("x", add(mul(i, L.x.row), mul(j, C), L.x.origin))
% end
${signature("forward", arguments)}
{
% include("halo.c.t")
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do
    {
        const real *const a = ${input(i, j)};
        real mean = 0, variance = 0;
%   channel_sums(N, "sums", "squares")
%   include("channels.c.t", {B = {n = N, body = function(n, c)
%       add_to_sum(n, N, "sums", "mean", c, vector_load(n, "a", c))
%   end, after = function() sum_up(N, "sums", "mean", "=") end}})
        mean *= ${number(1 / C)};
%   include("channels.c.t", {B = {n = N, again = true, body = function(n, c)
            const ${use_lanes(n)} d = ${vector_load(n, "a", c)} - mean;
%       add_to_sum(n, N, "squares", "variance", c, "d * d")
%   end, after = function() sum_up(N, "squares", "variance", "=") end}})
        kept[${add(mul(i, L.y.w), j)}] = mean;
        kept[${add(mul(i, L.y.w), j, pixels)}] = variance;
    }
% end end
% for k in each("k", pixels) do
    kept[${add(k, pixels)}] = 1 / ${use("cnn_sqrt")}(kept[${add(k, pixels)}] * ${number(1 / C)} + ${number(L.epsilon)});
% end
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do
    {
        const real mean = kept[${add(mul(i, L.y.w), j)}], inverse = kept[${add(mul(i, L.y.w), j, pixels)}];
        real *const v = ${plus("y", add(mul(i, L.y.row), mul(j, C), L.y.origin))};
%   local a = "v"
%   if not L.in_place then
%       a = "a"
        const real *const a = ${input(i, j)};
%   end
%   include("channels.c.t", {B = {n = N, body = function(n, c)
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
