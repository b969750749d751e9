% -- U.write(r, i, t) for every row r of y, which lies t of the way from row i of x to the next. Before the first centre and behind the last
% -- one it is the outermost row.
% local f, rows = L.factor.h, L.x.h
% local half = f // 2
% for r in each("r", half) do U.write(r, 0, 0) end
% for i in each("i", rows - 1) do for k in range(f) do
%   U.write(add(mul(i, f), half + k), i, (2 * (half + k) + 1 - f) / (2 * f))
% end end
% for r in each("r", half + (rows - 1) * f, L.y.h) do U.write(r, rows - 1, 0) end
