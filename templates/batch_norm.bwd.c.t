% -- With h = (x - mean)*inverse and n values a channel: dbeta = sum(dy), dgamma = sum(dy*h), dx = gamma*inverse*(dy - dbeta/n - h*dgamma/n).
% -- How far the moving statistics are from those of the batch stands where their gradients would.
% local C, pixels = L.y.c, L.y.h * L.y.w
% local samples = L.batched and "count" or 1
% local N = (M.unroll ~= "auto" or M.portable or C < 4) and 1 or C < 8 and 4 or C < 16 and 8 or 16
% local vec = use_lanes(N)
% local through = L.activation.name ~= "linear" and not L.skip_gradient and not L.activation.from_input
% local gamma, beta = L.tensors.gamma, L.tensors.beta
% local sums = gamma or beta or L.wants_dx
% local arguments = {}
% local function argument(name, wanted) if wanted then arguments[#arguments + 1] = name end end
% argument("x", sums)
% argument("y_in", through)
% argument("kept_in", true)
% argument("gamma", gamma and L.wants_dx)
% argument("moving_mean", true)
% argument("moving_variance", true)
% argument("dy", through or sums)
% argument("dx", L.wants_dx)
% argument("dgamma", gamma)
% argument("dbeta", beta)
% argument("dmoving_mean", true)
% argument("dmoving_variance", true)
% argument("count", L.batched and (through or sums))
% local function at(view, s, i, j, o) return add(mul(s, view.samples_row), mul(i, view.row), mul(j, C), o, view.origin) end
% local function pixels_of(o, body)
%   for s in each("s", samples) do for i in each("i", L.y.h) do for j in each("j", L.y.w) do
%       body(s, i, j)
%   end end end
% end
${signature("backward", arguments)}
{
% include("activate_gradient.c.t")
% for c in each("c", C) do
    dmoving_mean[${c}] = moving_mean[${c}] - kept[${c}];
    dmoving_variance[${c}] = moving_variance[${c}] - kept[${add(c, C)}];
% end
% if L.wants_dx then
    const real share = (real)1 / ${L.batched and "(real)(count * " .. pixels .. ")" or number(pixels)};
% end
% if sums then
%   include("channel_blocks.c.t", {B = {n = N, body = function(o)
        const ${vec} mean = ${vector_load(N, "kept", o)}, inverse = ${vector_load(N, "kept", add(o, 2 * C))};
        ${vec} sum = ${vector_zero(N)}, product = ${vector_zero(N)};
%       pixels_of(o, function(s, i, j)
        {
            const ${vec} d = ${vector_load(N, "dy", at(L.y, s, i, j, o))};
            sum += d;
            product += d * (${vector_load(N, "x", at(L.x, s, i, j, o))} - mean);
        }
%       end)
        product *= inverse;
%       if gamma then
        ${vector_store(N, "dgamma", o, "product")};
%       end
%       if beta then
        ${vector_store(N, "dbeta", o, "sum")};
%       end
%       if L.wants_dx then
        {
            const ${vec} scale = inverse${gamma and " * " .. vector_load(N, "gamma", o) or ""};
            const ${vec} shift = sum * share, slope = product * share * inverse;
%           pixels_of(o, function(s, i, j)
            {
                const ${vec} v = ${vector_load(N, "x", at(L.x, s, i, j, o))} - mean;
                ${vector_store(N, "dx", at(L.x, s, i, j, o), "(" .. vector_load(N, "dy", at(L.y, s, i, j, o)) .. " - shift - v * slope) * scale")};
            }
%           end)
        }
%       end
%   end}})
% end
}
