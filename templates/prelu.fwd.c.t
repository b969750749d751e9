% -- Values below zero times the slope of their channel.
% local C = L.y.c
% local N = channel_lanes(C)
${signature("forward", L.in_place and {"alpha", "y"} or {"x", "alpha", "y"})}
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
%   include("channels.c.t", {B = {n = N, body = function(n, c)
%       local vec = use_lanes(n)
        const ${vec} s = ${vector_load(n, a, c)};
%       if N > 1 then
        ${vector_store(n, "v", c, vector_relu(n, "s") .. " - " .. vector_load(n, "alpha", c) .. " * " .. vector_relu(n, "-s"))};
%       else
        v[${c}] = s > 0 ? s : alpha[${c}] * s;
%       end
%   end}})
    }
% end end
}
