% -- The sums of what a channel gets from the outputs of its group. S: from, where it is spread out.
% local C, I, G, O = L.filters, L.x.c // L.groups, L.groups, L.filters // L.groups
    memset(dx, 0, ${L.x.buffer} * sizeof(real));
    for (int i = 0; i < ${L.tiles.spread.rows}; i++)
        for (int j = 0; j < ${L.tiles.spread.columns}; j++) {
            const real *const from = ${S.from} + ${add("i*" .. L.tiles.spread.columns * I * C, "j*" .. I * C)};
            real *const to = dx + ${add("i*" .. L.x.row, "j*" .. L.x.c, L.x.origin)};
% for c in each("c", I) do
            for (int g = 0; g < ${G}; g++) {
                real sum = 0;
                for (int o = 0; o < ${O}; o++)
                    sum += from[${add(mul(c, C), mul("g", O), "o")}];
                to[${add(mul("g", I), c)}] = sum;
            }
% end
        }
