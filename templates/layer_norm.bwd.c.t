% -- With h = (x - mean)*inverse and g = dy*gamma of n channels: dgamma = sum(dy*h), dbeta = sum(dy) over all pixels,
% -- dx = inverse*(g - mean(g) - h*mean(g*h)) in each.
% local C, pixels = L.y.c, L.y.h * L.y.w
% local N = channel_lanes(C)
% local through = L.activation.name ~= "linear" and not L.skip_gradient and not L.activation.from_input
% local gamma = L.tensors.gamma
% local dgamma, dbeta = L.trainable and gamma, L.trainable and L.tensors.beta
% local arguments = {}
% local function argument(name, wanted) if wanted then arguments[#arguments + 1] = name end end
% argument("x", dgamma or L.wants_dx)
% argument("y_in", through)
% argument("kept_in", dgamma or L.wants_dx)
% argument("gamma", gamma and L.wants_dx)
% argument("dy", true)
% argument("dx", L.wants_dx)
% argument("dgamma", dgamma)
% argument("dbeta", dbeta)
${signature("backward", arguments)}
{
% include("activate_gradient.c.t")
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do
    {
        const real *const g = ${plus("dy", add(mul(i, L.y.row), mul(j, C), L.y.origin))};
%   if dgamma or L.wants_dx then
        const real *const a = ${plus("x", add(mul(i, L.x.row), mul(j, C), L.x.origin))};
        const real mean = kept[${add(mul(i, L.y.w), j)}], inverse = kept[${add(mul(i, L.y.w), j, pixels)}];
%   end
%   if L.wants_dx then
        real *const d = ${plus("dx", add(mul(i, L.x.row), mul(j, C), L.x.origin))};
        real shift = 0, slope = 0;
%       channel_sums(N, "shifts", "slopes")
%   end
%   include("channels.c.t", {B = {n = N, body = function(n, c)
%       local vec = use_lanes(n)
%       local own = (dgamma or L.wants_dx)
        const ${vec} s = ${vector_load(n, "g", c)};
%       if own then
        const ${vec} h = (${vector_load(n, "a", c)} - mean) * inverse;
%       end
%       if dgamma then
        ${vector_store(n, "dgamma", c, vector_load(n, "dgamma", c) .. " + s * h")};
%       end
%       if dbeta then
        ${vector_store(n, "dbeta", c, vector_load(n, "dbeta", c) .. " + s")};
%       end
%       if L.wants_dx then
        const ${vec} t = s${gamma and " * " .. vector_load(n, "gamma", c) or ""};
%       add_to_sum(n, N, "shifts", "shift", c, "t")
%       add_to_sum(n, N, "slopes", "slope", c, "t * h")
%       end
%   end, after = L.wants_dx and function()
%       sum_up(N, "shifts", "shift", "+=")
%       sum_up(N, "slopes", "slope", "+=")
%   end}})
%   if L.wants_dx then
        shift *= ${number(1 / C)};
        slope *= ${number(1 / C)} * inverse;
%       include("channels.c.t", {B = {n = N, again = true, body = function(n, c)
        ${vector_store(n, "d", c, ("(%s%s - shift - (%s - mean) * slope) * inverse"):format(vector_load(n, "g", c), gamma and " * " .. vector_load(n, "gamma", c) or "", vector_load(n, "a", c)))};
%       end}})
%   end
    }
% end end
}
