% -- The numbers of S.name from S.from on, one for each channel, become the sums over the channels of their groups.
% local each_group = L.y.c // L.groups
% if each_group > 1 then
%   for g in each("g", L.groups) do
    {
        real sum = 0;
%       for k in each("k", each_group) do
        sum += ${S.name}[${add(mul(g, each_group), k, S.from)}];
%       end
%       for k in each("k", each_group) do
        ${S.name}[${add(mul(g, each_group), k, S.from)}] = sum;
%       end
    }
%   end
% end
