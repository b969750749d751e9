% -- What each output reads, side by side: plane c of a pixel of work holds, for every output, channel c of its group. A vector may write beyond
% -- the outputs of its group: the next one writes there later.
% local C, I, G, O = L.filters, L.x.c // L.groups, L.groups, L.filters // L.groups
% local N = O < 8 and 4 or O < 16 and 8 or 16
% local vec, lanes = use_lanes(N)
    for (int i = 0; i < ${L.tiles.spread.rows}; i++)
        for (int j = 0; j < ${L.tiles.spread.columns}; j++) {
            const real *const from = x + ${add("i*" .. L.x.row, "j*" .. L.x.c, L.x.origin)};
            real *const to = work + ${add("i*" .. L.tiles.spread.columns * I * C, "j*" .. I * C)};
% for c in each("c", I) do
            for (int g = 0; g < ${G}; g++) {
                const ${vec} v = from[${add(mul("g", I), c)}] - (${vec}){0};
                for (int o = 0; o < ${O}; o += ${lanes})
                    ${vector_store(N, "to", add(mul(c, C), mul("g", O), "o"), "v")};
            }
% end
        }
