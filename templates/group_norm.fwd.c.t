% -- Of every group of channels the mean over its pixels and their variance, which becomes 1/deviation; kept for each channel. Then y.
% local C, pixels, G = L.y.c, L.y.h * L.y.w, L.groups
% local N = channel_lanes(C)
% local relu = L.activation.name == "relu"
% local gamma, beta = L.tensors.gamma, L.tensors.beta
% local share = number(1 / (pixels * (C // G)))
% local arguments = L.in_place and {} or {"x"}
% if gamma then arguments[#arguments + 1] = "gamma" end
% if beta then arguments[#arguments + 1] = "beta" end
% arguments[#arguments + 1] = "y"
% arguments[#arguments + 1] = "kept"
% local function place(view, i, j, c) return add(mul(i, view.row), mul(j, C), c, view.origin) end
% local function input(n, i, j, c) return L.in_place and vector_load(n, "y", place(L.y, i, j, c)) or vector_load(n, "x", place(L.x, i, j, c)) end
% local function pixels_of(body)
%   for i in each("i", L.y.h) do for j in each("j", L.y.w) do
%       body(i, j)
%   end end
% end
${signature("forward", arguments)}
{
% include("halo.c.t")
% include("channels.c.t", {B = {n = N, body = function(n, c)
        {
            ${use_lanes(n)} sum = ${vector_zero(n)};
%   pixels_of(function(i, j)
            sum += ${input(n, i, j, c)};
%   end)
            ${vector_store(n, "kept", c, "sum * " .. share)};
        }
% end}})
% include("group_sums.c.t", {S = {name = "kept", from = 0}})
% include("channels.c.t", {B = {n = N, again = true, body = function(n, c)
        {
            const ${use_lanes(n)} mean = ${vector_load(n, "kept", c)};
            ${use_lanes(n)} sum = ${vector_zero(n)};
%   pixels_of(function(i, j)
            {
                const ${use_lanes(n)} d = ${input(n, i, j, c)} - mean;
                sum += d * d;
            }
%   end)
            ${vector_store(n, "kept", add(c, C), "sum * " .. share)};
        }
% end}})
% include("group_sums.c.t", {S = {name = "kept", from = C}})
% for k in each("k", C) do
    kept[${add(k, C)}] = 1 / ${use("cnn_sqrt")}(kept[${add(k, C)}] + ${number(L.epsilon)});
% end
% include("channels.c.t", {B = {n = N, again = true, body = function(n, c)
        {
            const ${use_lanes(n)} mean = ${vector_load(n, "kept", c)}, scale = ${vector_load(n, "kept", add(c, C))}${gamma and " * " .. vector_load(n, "gamma", c) or ""};
%   if beta then
            const ${use_lanes(n)} shift = ${vector_load(n, "beta", c)};
%   end
%   pixels_of(function(i, j)
            {
                const ${use_lanes(n)} v = (${input(n, i, j, c)} - mean) * scale${beta and " + shift" or ""};
                ${vector_store(n, "y", place(L.y, i, j, c), relu and vector_relu(n, "v") or "v")};
            }
%   end)
        }
% end}})
% if not relu and L.activation.name ~= "linear" then include("activate.c.t") end
}
