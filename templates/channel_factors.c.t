% -- Every value times the factor of its channel, which is in work.
% local C = L.y.c
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do
    {
        const real *const a = ${plus(from.base, add(mul(i, from.view.row), mul(j, C), from.view.origin))};
        real *const b = ${plus(to.base, add(mul(i, to.view.row), mul(j, C), to.view.origin))};
%   include("channels.c.t", {B = {n = channel_lanes(C), body = function(n, c)
        ${vector_store(n, "b", c, vector_load(n, "a", c) .. " * " .. vector_load(n, "work", c))};
%   end}})
    }
% end end
