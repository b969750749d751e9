% -- Winograd's F(2x2, 3x3) from the image x to the image y, for forward and backward. Element k = r*4 + s of all tiles of a block lies together:
% -- u is 16 x block x ic, the spread kernel 16 x ic x oc
% -- (a little apart: at a power of two all 16 would share a few lines of the cache), m 16 x block x oc.
% local lanes = select(2, use_lanes(16))
% local W = T.winograd
% local apart = W.apart
% local function x(r, s) return "load16(" .. plus("x", r * T.row + s * T.ic) .. ")" end
% -- B'dB: differences and sums of rows, then of columns.
% local pairs_of = {{0, 2, "-"}, {1, 2, "+"}, {2, 1, "-"}, {1, 3, "-"}}
/* Spreads a vector of channels of a 4x4 piece of x over the 16 elements of its tile. */
static inline void ${T.fn}_spread(const real *restrict x, real *restrict u)
{
% for r, row in ipairs(pairs_of) do
    {
%   for s in range(4) do
        const v16 d${s} = ${x(row[1], s)} ${row[3]} ${x(row[2], s)};
%   end
%   for s, column in ipairs(pairs_of) do
        put16(${plus("u", ((r - 1) * 4 + s - 1) * W.block * T.ic)}, d${column[1]} ${column[3]} d${column[2]});
%   end
    }
% end
}

% -- GgG', with G = {1, 0, 0; 1/2, 1/2, 1/2; 1/2, -1/2, 1/2; 0, 0, 1}.
% local taps = T.taps or function(ki, kj) return (ki * 3 + kj) * T.ic * T.oc end
/* Spreads a vector of a 3x3 kernel's output channels. */
static inline void ${T.fn}_spread_kernel(const real *restrict w, real *restrict spread)
{
% for s in range(3) do
    const v16 g0_${s} = load16(${plus("w", taps(0, s))}), g3_${s} = load16(${plus("w", taps(2, s))});
    const v16 h${s} = ${number(0.5)} * (g0_${s} + g3_${s}), f${s} = ${number(0.5)} * load16(${plus("w", taps(1, s))});
    const v16 g1_${s} = h${s} + f${s}, g2_${s} = h${s} - f${s};
% end
% for r in range(4) do
    {
        const v16 h = ${number(0.5)} * (g${r}_0 + g${r}_2), f = ${number(0.5)} * g${r}_1;
        put16(${plus("spread", (r * 4) * apart)}, g${r}_0);
        put16(${plus("spread", (r * 4 + 1) * apart)}, h + f);
        put16(${plus("spread", (r * 4 + 2) * apart)}, h - f);
        put16(${plus("spread", (r * 4 + 3) * apart)}, g${r}_2);
    }
% end
}

% for _, tile in ipairs(W.tiles) do
%   local xs, outputs = {}, {}
%   for p in range(tile.p) do xs[#xs + 1] = p * T.ic; outputs[#outputs + 1] = {y = p * T.oc, accumulators = {p}} end
%   include("tile.c.t", {T = {fn = T.fn .. "_" .. tile.v .. "x" .. tile.p, lanes = 16, v = tile.v, x = xs, outputs = outputs, loops = {{n = T.ic, x = 1, w = T.oc}}, start = "zero", comment = "One element of " .. tile.p .. " tiles x " .. tile.v .. (tile.v > 1 and " vectors" or " vector") .. " of channels."}})
% end
/* m = u * kernel for each of the 16 elements and n tiles; the last tiles are done twice where groups of them do not divide n. */
static inline void ${T.fn}_multiply(const real *restrict u, const real *restrict kernel, real *restrict m, int n)
{
    for (int k = 0; k < 16; k++) {
        const real *uk = u + k*${W.block * T.ic}, *wk = kernel + k*${apart};
        real *mk = m + k*${W.block * T.oc};
        int o = 0;
% for _, tile in ipairs(W.tiles) do
        for (; ${add("o", mul(tile.v - 1, lanes))} < ${T.oc}; o += ${mul(tile.v, lanes)}) {
            for (int t = 0; t < n; t += ${tile.p}) {
                const int at = t + ${tile.p} <= n ? t : n - ${tile.p};
                ${T.fn}_${tile.v}x${tile.p}(uk + at*${T.ic}, wk + o, mk + at*${T.oc} + o);
            }
        }
% end
    }
}

/* The sums of a tile become its 2x2 outputs${T.relu and ", relu" or ""}${T.pool and ", the pool" or ""}. */
${wrap("static inline void " .. T.fn .. "_gather", {"const real *restrict m", T.start ~= "zero" and "const real *restrict " .. T.start or false, "real *restrict y", T.argmax and "unsigned char *restrict argmax" or false})}
{
% local function m(r, s) return "load16(" .. plus("m", (r * 4 + s) * W.block * T.oc) .. ")" end
% for s in range(4) do
    const v16 m1_${s} = ${m(1, s)}, m2_${s} = ${m(2, s)};
    const v16 s0_${s} = ${m(0, s)} + (m1_${s} + m2_${s}), s1_${s} = (m1_${s} - m2_${s}) - ${m(3, s)};
% end
% for r in range(2) do
    v16 a${r * 2} = s${r}_0 + s${r}_1 + s${r}_2${T.start == "b" and " + load16(b)" or ""};
    v16 a${r * 2 + 1} = s${r}_1 - s${r}_2 - s${r}_3${T.start == "b" and " + load16(b)" or ""};
% end
% if T.start == "norm" then
    const v16 scale = load16(norm), shift = load16(norm + ${T.oc});
%   for k in range(4) do
    a${k} = a${k} * scale + shift;
%   end
% end
% if T.relu and not (T.pool and T.pool.maximum) then
%   for k in range(4) do
    a${k} = relu16(a${k});
%   end
% end
% if not T.pool then
%   for k in range(4) do
    put16(${plus("y", (k // 2) * T.y_row + (k % 2) * T.oc)}, a${k});
%   end
% elseif not T.pool.maximum then
    put16(y, (a0 + a1 + a2 + a3) * ${number(0.25)});
% else
%   if T.argmax then
    m16 which = {0};
    a0 = larger16(a0, a1, 1, &which);
    a0 = larger16(a0, a2, 2, &which);
    a0 = larger16(a0, a3, 3, &which);
    mark16(argmax, which, ${lanes});
%   else
    a0 = max16(max16(a0, a1), max16(a2, a3));
%   end
    put16(y, ${T.relu and "relu16(a0)" or "a0"});
% end
}

% local P = T.pool
% local high, wide = (T.h + 1) // 2, (T.w + 1) // 2
% -- Row or column of a tile; an odd size makes the last overlap the one before it.
% local function place(size, index) return size % 2 == 0 and "2*(" .. index .. ")" or index .. " < " .. size // 2 .. " ? 2*(" .. index .. ") : " .. size - 2 end
/* Winograd's F(2x2, 3x3) for all ${high}x${wide} tiles: pieces of x are spread into u, multiplied into m, gathered into y. */
${wrap("static void " .. T.fn .. "_convolve", {"const real *restrict x", "const real *restrict kernel", T.start ~= "zero" and "const real *restrict " .. T.start or false, "real *restrict y", T.argmax and "unsigned char *restrict argmax" or false, "real *restrict work"})}
{
    real *const u = work, *const m = work + ${16 * W.block * T.ic};
% local tile = W.blocks > 1 and "(first + t)" or "t"
% local function corner()
            const int i = ${place(T.h, tile .. " / " .. wide)}, j = ${place(T.w, tile .. " % " .. wide)};
% end
% if W.blocks > 1 then
    for (int block = 0; block < ${W.blocks}; block++) {
        const int first = ${high * wide}*block/${W.blocks}, n = ${high * wide}*(block + 1)/${W.blocks} - first;
% else
    {
        const int n = ${high * wide};
% end
        for (int t = 0; t < n; t++) {
% corner()
            for (int c = 0; c < ${T.ic}; c += ${lanes}) {
                ${T.fn}_spread(x + ${add("i*" .. T.row, "j*" .. T.ic, "c", T.origin or 0)}, u + t*${T.ic} + c);
            }
        }
        ${T.fn}_multiply(u, kernel, m, n);
        for (int t = 0; t < n; t++) {
% if P then
            const int i = ${tile} / ${wide}, j = ${tile} % ${wide};
% else
%   corner()
% end
            for (int o = 0; o < ${T.oc}; o += ${lanes}) {
                ${T.fn}_gather(m + t*${T.oc} + o, ${T.start ~= "zero" and T.start .. " + o, " or ""}y + i*${T.y_row} + j*${T.oc} + o${T.argmax and ", argmax + " .. add(mul("i", wide * T.oc), mul("j", T.oc), "o") or ""});
            }
        }
    }
}

