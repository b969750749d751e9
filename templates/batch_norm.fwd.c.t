% -- Statistics of the batch, then y. `kept` has the mean, the variance and 1/sqrt(variance + epsilon) of each channel.
% local C, pixels = L.y.c, L.y.h * L.y.w
% local samples = L.batched and "count" or 1
% local N = (M.unroll ~= "auto" or M.portable or C < 4) and 1 or C < 8 and 4 or C < 16 and 8 or 16
% local vec = use_lanes(N)
% local relu = L.activation.name == "relu"
% local arguments = {"x"}
% if L.tensors.gamma then arguments[#arguments + 1] = "gamma" end
% if L.tensors.beta then arguments[#arguments + 1] = "beta" end
% arguments[#arguments + 1] = "y"
% arguments[#arguments + 1] = "kept"
% if L.batched then arguments[#arguments + 1] = "count" end
% local function at(view, s, i, j, o) return add(mul(s, view.samples_row), mul(i, view.row), mul(j, C), o, view.origin) end
% -- Every pixel of the batch at channel o.
% local function pixels_of(o, body)
%   for s in each("s", samples) do for i in each("i", L.y.h) do for j in each("j", L.y.w) do
%       body(s, i, j)
%   end end end
% end
${signature("forward", arguments)}
{
    const real share = (real)1 / ${L.batched and "(real)(count * " .. pixels .. ")" or number(pixels)};
% if L.halo then
%   for s in each("s", samples) do
    {
        real *const row = ${plus("y", mul(s, L.y.samples_row))};
        memset(row, 0, ${L.y.buffer} * sizeof(real));
    }
%   end
% end
% include("channel_blocks.c.t", {B = {n = N, body = function(o)
        ${vec} sum = ${vector_zero(N)}, square = ${vector_zero(N)};
%   pixels_of(o, function(s, i, j)
        sum += ${vector_load(N, "x", at(L.x, s, i, j, o))};
%   end)
        sum *= share;
%   pixels_of(o, function(s, i, j)
        {
            const ${vec} v = ${vector_load(N, "x", at(L.x, s, i, j, o))} - sum;
            square += v * v;
        }
%   end)
        ${vector_store(N, "kept", o, "sum")};
        ${vector_store(N, "kept", add(o, C), "square * share")};
% end}})
    ${use("cnn_inverse_sqrt")}(kept + ${2 * C}, kept + ${C}, ${C}, ${number(L.epsilon)});
% include("channel_blocks.c.t", {B = {n = N, body = function(o)
        const ${vec} mean = ${vector_load(N, "kept", o)}, scale = ${vector_load(N, "kept", add(o, 2 * C))}${L.tensors.gamma and " * " .. vector_load(N, "gamma", o) or ""};
%   if L.tensors.beta then
        const ${vec} shift = ${vector_load(N, "beta", o)};
%   end
%   pixels_of(o, function(s, i, j)
        {
            const ${vec} v = (${vector_load(N, "x", at(L.x, s, i, j, o))} - mean) * scale${L.tensors.beta and " + shift" or ""};
            ${vector_store(N, "y", at(L.y, s, i, j, o), relu and vector_relu(N, "v") or "v")};
        }
%   end)
% end}})
% if not relu and L.activation.name ~= "linear" then include("activate.c.t") end
}
