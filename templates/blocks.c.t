% -- Copies rows of blocks between a deep image (pixel i, j) and a large one (block i, j): B.deep and B.large are views, B.from and B.to say
% -- which is read, B.b is how many rows and columns a block has.
% local row = B.b * B.large.c
% for i in each("i", B.deep.h) do for j in each("j", B.deep.w) do for k in each("k", B.b) do
%   local deep = add(mul(i, B.deep.row), mul(j, B.deep.c), mul(k, row), B.deep.origin)
%   local large = add(mul(add(mul(i, B.b), k), B.large.row), mul(j, row), B.large.origin)
    memcpy(${B.to} + ${B.spread and large or deep}, ${B.from} + ${B.spread and deep or large}, ${row} * sizeof(real));
% end end end
