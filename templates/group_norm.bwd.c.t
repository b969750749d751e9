% -- With h = (x - mean)*inverse and g = dy*gamma of n values in a group: dgamma = sum(dy*h), dbeta = sum(dy) over the pixels of each channel,
% -- dx = inverse*(g - mean(g) - h*mean(g*h)), these means over the group; `work` has them for each channel.
% local C, pixels, G = L.y.c, L.y.h * L.y.w, L.groups
% local N = channel_lanes(C)
% local share = number(1 / (pixels * (C // G)))
% local through = L.activation.name ~= "linear" and not L.skip_gradient and not L.activation.from_input
% local gamma = L.tensors.gamma
% local dgamma, dbeta = L.trainable and gamma, L.trainable and L.tensors.beta
% local product = dgamma or L.wants_dx
% local arguments = {}
% local function argument(name, wanted) if wanted then arguments[#arguments + 1] = name end end
% argument("x", product)
% argument("y_in", through)
% argument("kept_in", product)
% argument("gamma", gamma and L.wants_dx)
% argument("dy", true)
% argument("dx", L.wants_dx)
% argument("dgamma", dgamma)
% argument("dbeta", dbeta)
% argument("work", L.wants_dx)
% local function place(view, i, j, c) return add(mul(i, view.row), mul(j, C), c, view.origin) end
% local function pixels_of(body)
%   for i in each("i", L.y.h) do for j in each("j", L.y.w) do
%       body(i, j)
%   end end
% end
${signature("backward", arguments)}
{
% include("activate_gradient.c.t")
% include("channels.c.t", {B = {n = N, body = function(n, c)
        {
%   if product then
            const ${use_lanes(n)} mean = ${vector_load(n, "kept", c)};
            ${use_lanes(n)} product = ${vector_zero(n)};
%   end
%   if dbeta or L.wants_dx then
            ${use_lanes(n)} sum = ${vector_zero(n)};
%   end
%   pixels_of(function(i, j)
            {
                const ${use_lanes(n)} d = ${vector_load(n, "dy", place(L.y, i, j, c))};
%       if dbeta or L.wants_dx then
                sum += d;
%       end
%       if product then
                product += d * (${vector_load(n, "x", place(L.x, i, j, c))} - mean);
%       end
            }
%   end)
%   if product then
            product *= ${vector_load(n, "kept", add(c, C))};
%   end
%   if dgamma then
            ${vector_store(n, "dgamma", c, vector_load(n, "dgamma", c) .. " + product")};
%   end
%   if dbeta then
            ${vector_store(n, "dbeta", c, vector_load(n, "dbeta", c) .. " + sum")};
%   end
%   if L.wants_dx then
%       local scale = gamma and " * " .. vector_load(n, "gamma", c) or ""
            ${vector_store(n, "work", c, "sum" .. scale .. " * " .. share)};
            ${vector_store(n, "work", add(c, C), "product" .. scale .. " * " .. share)};
%   end
        }
% end}})
% if L.wants_dx then
%   include("group_sums.c.t", {S = {name = "work", from = 0}})
%   include("group_sums.c.t", {S = {name = "work", from = C}})
%   include("channels.c.t", {B = {n = N, again = true, body = function(n, c)
        {
            const ${use_lanes(n)} mean = ${vector_load(n, "kept", c)}, inverse = ${vector_load(n, "kept", add(c, C))};
            const ${use_lanes(n)} shift = ${vector_load(n, "work", c)}, slope = ${vector_load(n, "work", add(c, C))} * inverse;
%       pixels_of(function(i, j)
            {
                const ${use_lanes(n)} v = ${vector_load(n, "x", place(L.x, i, j, c))} - mean;
                ${vector_store(n, "dx", place(L.x, i, j, c), ("(%s%s - shift - v * slope) * inverse"):format(vector_load(n, "dy", place(L.y, i, j, c)), gamma and " * " .. vector_load(n, "gamma", c) or ""))};
            }
%       end)
        }
%   end}})
% end
}
