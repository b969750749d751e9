% -- The activation over all of y, in place, while it is still in the cache.
% if L.activation.name == "softmax" then
%   include("softmax.c.t")
% else
%   for s in each("s", L.batched and "count" or 1) do for i in each("i", L.y.h) do
    {
        real *v = ${plus("y", add(mul(s, L.y.samples_row), mul(i, L.y.row), L.y.origin))};
        for (int k = 0; k < ${L.y.w * L.y.c}; k++) {
            v[k] = ${activate("v[k]")};
        }
    }
%   end end
% end
