% -- An image as planes: value m of row i of plane q is from[i][m*planes + q]. S: from, to, view, split. Rows without a
% -- gap that end with the last plane are one long row. What vectors read of the next row goes where that row goes later.
% local planes, pitch, plane = S.split.planes, S.split.row, S.split.plane
% local rows, step, length = S.view.h, S.view.row, S.view.w * S.view.c
% local size = rows * pitch
% if step == length and length % planes == 0 then rows, pitch, length = 1, rows * pitch, rows * length; step = length end
% local last = (rows - 1) * step + length
% local vec, lanes = use_lanes(L.tiles.columns)
% local from = plus(S.from, S.view.origin)
% if planes == 1 and rows == 1 then
    memcpy(${S.to}, ${from}, ${length} * sizeof(real));
% else
%   for i in each("i", rows) do
    {
        const real *row = ${plus(from, mul(i, step))};
        real *to = ${plus(S.to, mul(i, pitch))};
        int m = 0;
%       if halves(planes) then
        for (; m < ${pitch} && ${mul(add("m", lanes), planes)} <= ${i == 0 and last or last .. " - " .. mul(i, step)}; m += ${lanes}) {
%           local list, count = {}, 0
%           for q in range(planes) do list[#list + 1] = "x" .. q
            const ${vec} x${q} = load${L.tiles.columns}(${plus("row", add(mul("m", planes), q == 0 and 0 or mul(q, lanes)))});
%           end
%           local function name(value)
%               count = count + 1
            const ${vec} t${count} = ${value};
%               return "t" .. count
%           end
%           for q, value in ipairs(apart(L.tiles.columns, list, name)) do
            put${L.tiles.columns}(${plus("to + m", (q - 1) * plane)}, ${value});
%           end
        }
%       end
        for (; m < ${pitch}; m++) {
%       if planes == 1 then
            to[m] = row[m];
%       else
            for (int q = 0; q < ${planes}; q++) {
%           if length % planes == 0 then
                to[${add(mul("q", plane), "m")}] = row[${add(mul("m", planes), "q")}];
%           else
                to[${add(mul("q", plane), "m")}] = ${add(mul("m", planes), "q")} < ${length} ? row[${add(mul("m", planes), "q")}] : 0;
%           end
            }
%       end
        }
    }
%   end
% end
% for q in each("q", planes) do
    memset(${plus(S.to, add(mul(q, plane), size))}, 0, ${plane - size} * sizeof(real));
% end
