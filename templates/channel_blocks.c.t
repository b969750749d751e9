% -- A loop over the channels of L.y, a vector of them at a time (B.n lanes; 1: one by one), around what B.body writes for channel o.
% local C = L.y.c
% if B.n == 1 then
%   for o in each("o", C) do
    {
%       B.body(o)
    }
%   end
% else
%   local lanes = select(2, use_lanes(B.n))
%   for o in each_vector("o", C, B.n, lanes) do B.body(o) end
% end
