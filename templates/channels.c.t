% -- A loop over the channels of L.y: vectors of at most B.n lanes, the rest one by one (B.n is 1: all of them). B.body(lanes, c) writes what is
% -- done with channel c and those behind it; B.after() what comes behind the vectors (with --reproducible, behind all). B.again: C has a c
% -- already.
% local C = L.y.c
% if B.n > 1 then
%   local lanes = select(2, use_lanes(B.n))
%   local whole = C % B.n == 0
%   if whole then
    for (int c = 0; c < ${C}; c += ${lanes}) {
%   else
    ${B.again and "c" or "int c"} = 0;
    for (; c + ${lanes} <= ${C}; c += ${lanes}) {
%   end
%   B.body(B.n, "c")
    }
%   if B.after and not M.reproducible then B.after() end
%   if not whole then
    for (; c < ${C}; c++) {
%       B.body(1, "c")
    }
%   end
%   if B.after and M.reproducible then B.after() end
% else
%   for c in each("c", C) do
%       if math.type(c) then
    {
%           B.body(1, c)
    }
%       else
%           B.body(1, c)
%       end
%   end
% end
