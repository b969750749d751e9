% -- Zeros in an image's buffer F.name of F.count values before, between and behind its F.rows rows of F.inner values.
% local behind = F.origin + (F.rows - 1) * F.row + F.inner
% if F.origin > 0 then
    memset(${F.name}, 0, ${F.origin} * sizeof(real));
% end
% if F.row > F.inner then
%   for i in each("i", F.rows - 1) do
    memset(${plus(F.name, add(mul(i, F.row), F.origin + F.inner))}, 0, ${F.row - F.inner} * sizeof(real));
%   end
% end
% if F.count > behind then
    memset(${F.name} + ${behind}, 0, ${F.count - behind} * sizeof(real));
% end
