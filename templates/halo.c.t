% -- Zeros around y, when its reader wants a border: before the first pixel, between the rows, behind the last.
% if L.halo then
%   local inner = L.y.w * L.y.c
%   local behind = L.y.origin + (L.y.h - 1) * L.y.row + inner
%   if L.y.origin > 0 then
    memset(y, 0, ${L.y.origin} * sizeof(real));
%   end
%   if L.y.row > inner then
%       for i in each("i", L.y.h - 1) do
    memset(${plus("y", add(mul(i, L.y.row), L.y.origin + inner))}, 0, ${L.y.row - inner} * sizeof(real));
%       end
%   end
%   if L.y.buffer > behind then
    memset(y + ${behind}, 0, ${L.y.buffer - behind} * sizeof(real));
%   end
% end
