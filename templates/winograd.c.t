% -- Winograd's F(2x2, 3x3) or F(4x4, 3x3) from the image x to the image y, for forward and backward. Element k = r*N + s of all tiles of a
% -- block lies together: u is N*N x block x ic, the spread kernel N*N x ic x oc, m N*N x block x oc; elements lie a little apart, for at a power of
% -- two all of them would share a few lines of the cache.
% local lanes = select(2, use_lanes(16))
% local W = T.winograd
% local apart, u_apart, m_apart = W.apart, W.block * T.ic + W.gap, W.block * T.oc + W.gap
% local side = W.side
% local N = side + 2
% -- The points where products are taken: 0, 1, -1 and infinity; 0, a, -a, b, -b and infinity, where this choice keeps rounding small.
% local a, b = 0.625, 1.5
% local A, B = a * a, b * b
% -- One axis of a transformation: groups of results, each with values they share. @i is input i, $t a shared value.
% local function three(t, u, c, square, root)
%   return {t = {{t, number(c) .. " * (@0 + " .. (square == 1 and "" or number(square) .. " * ") .. "@2)"}, {u, number(c * root) .. " * @1"}}}, "$" .. t .. " + $" .. u, "$" .. t .. " - $" .. u
% end
% local function pair(t, u, square, root)
%   return {{t, "@4 - " .. number(square) .. " * @2"}, {u, "@3 - " .. number(square) .. " * @1"}}, "$" .. t .. " + " .. number(root) .. " * $" .. u, "$" .. t .. " - " .. number(root) .. " * $" .. u
% end
% local spread, spread_kernel, gather
% if side == 2 then
%   spread = {{{0, "@0 - @2"}}, {{1, "@1 + @2"}}, {{2, "@2 - @1"}}, {{3, "@1 - @3"}}}
%   gather = {{{0, "@0 + (@1 + @2)"}}, {{1, "(@1 - @2) - @3"}}}
%   local shared, plus_f, minus_f = three("t", "u", 0.5, 1, 1)
%   spread_kernel = {{{0, "@0"}}, {shared = shared.t, {1, plus_f}, {2, minus_f}}, {{3, "@2"}}}
% else
%   local t, t1, t2 = pair("t", "u", B, a)
%   local p, p1, p2 = pair("p", "q", A, b)
%   spread = {{{0, number(A * B) .. " * @0 - " .. number(A + B) .. " * @2 + @4"}}, {shared = t, {1, t1}, {2, t2}}, {shared = p, {3, p1}, {4, p2}}, {{5, number(A * B) .. " * @1 - " .. number(A + B) .. " * @3 + @5"}}}
%   local g, g1, g2 = three("t", "u", 1 / (2 * A * (A - B)), A, a)
%   local h, h1, h2 = three("p", "q", 1 / (2 * B * (B - A)), B, b)
%   spread_kernel = {{{0, number(1 / (A * B)) .. " * @0"}}, {shared = g.t, {1, g1}, {2, g2}}, {shared = h.t, {3, h1}, {4, h2}}, {{5, "@2"}}}
%   gather = {{shared = {{"t", "@1 + @2"}, {"u", "@3 + @4"}}, {0, "@0 + $t + $u"}, {2, number(A) .. " * $t + " .. number(B) .. " * $u"}}, {shared = {{"p", "@1 - @2"}, {"q", "@3 - @4"}}, {1, number(a) .. " * $p + " .. number(b) .. " * $q"}, {3, number(a * A) .. " * $p + " .. number(b * B) .. " * $q + @5"}}}
% end
% local function fill(text, input, suffix) return (text:gsub("@(%d)", function(i) return input(math.tointeger(i)) end):gsub("%$(%a)", "%1" .. suffix)) end
% -- Both axes: rows of each of `columns` columns, then along the rows; `done` takes element (k, l).
% local function transform(groups, columns, input, done)
%   for _, group in ipairs(groups) do
%       for s in range(columns) do
%           for _, value in ipairs(group.shared or {}) do
    const v16 ${value[1]}_${s} = ${fill(value[2], function(r) return input(r, s) end, "_" .. s)};
%           end
%           for _, row in ipairs(group) do
    const v16 h${row[1]}_${s} = ${fill(row[2], function(r) return input(r, s) end, "_" .. s)};
%           end
%       end
%       for _, row in ipairs(group) do
%           local k = row[1]
%           for _, column in ipairs(groups) do
%               for _, value in ipairs(column.shared or {}) do
    const v16 ${value[1]}${k} = ${fill(value[2], function(s) return "h" .. k .. "_" .. s end, k)};
%               end
%               for _, element in ipairs(column) do
%                   done(k, element[1], fill(element[2], function(s) return "h" .. k .. "_" .. s end, k))
%               end
%           end
%       end
%   end
% end
/* Spreads a vector of channels of a ${N}x${N} piece of x over the ${N * N} elements of its tile. */
INLINE void ${T.fn}_spread(const real *restrict x, real *restrict u)
{
% transform(spread, N, function(r, s) return "load16(" .. plus("x", r * T.row + s * T.ic) .. ")" end, function(k, l, value)
    put16(${plus("u", (k * N + l) * u_apart)}, ${value});
% end)
}

% local taps = T.taps or function(ki, kj) return (ki * 3 + kj) * T.ic * T.oc end
/* Spreads a vector of a 3x3 kernel's output channels. */
static inline void ${T.fn}_spread_kernel(const real *restrict w, real *restrict spread)
{
% for r in range(3) do
    const v16 g${r}_0 = load16(${plus("w", taps(r, 0))}), g${r}_1 = load16(${plus("w", taps(r, 1))}), g${r}_2 = load16(${plus("w", taps(r, 2))});
% end
% transform(spread_kernel, 3, function(r, s) return "g" .. r .. "_" .. s end, function(k, l, value)
    put16(${plus("spread", (k * N + l) * apart)}, ${value});
% end)
}

% for _, tile in ipairs(W.tiles) do
%   local xs, outputs = {}, {}
%   for p in range(tile.p) do xs[#xs + 1] = p * T.ic; outputs[#outputs + 1] = {y = p * T.oc, accumulators = {p}} end
%   include("tile.c.t", {T = {fn = T.fn .. "_" .. tile.v .. "x" .. tile.p, lanes = 16, v = tile.v, x = xs, outputs = outputs, loops = {{n = T.ic, x = 1, w = T.oc}}, start = "zero", comment = "One element of " .. tile.p .. " tiles x " .. tile.v .. (tile.v > 1 and " vectors" or " vector") .. " of channels."}})
% end
/* m = u * kernel for each of the ${N * N} elements of ${W.block} tiles. */
static inline void ${T.fn}_multiply(const real *restrict u, const real *restrict kernel, real *restrict m)
{
    for (int k = 0; k < ${N * N}; k++) {
        const real *uk = u + k*${u_apart}, *wk = kernel + k*${apart};
        real *mk = m + k*${m_apart};
        int o = 0;
% for _, tile in ipairs(W.tiles) do
        for (; ${add("o", mul(tile.v - 1, lanes))} < ${T.oc}; o += ${mul(tile.v, lanes)}) {
%   for t in each_block("t", W.block, tile.p) do
            ${T.fn}_${tile.v}x${tile.p}(${plus("uk", mul(t, T.ic))}, wk + o, mk + ${add(mul(t, T.oc), "o")});
%   end
        }
% end
    }
}

% local P = T.pool
/* The sums of a tile become its ${side}x${side} outputs${T.relu and ", relu" or ""}${P and ", the pool" or ""}. */
${wrap("INLINE void " .. T.fn .. "_gather", {"const real *restrict m", T.start ~= "zero" and "const real *restrict " .. T.start or false, "real *restrict y", T.argmax and "unsigned char *restrict argmax" or false})}
{
% if T.start == "norm" then
    const v16 scale = load16(norm), shift = load16(norm + ${T.oc});
% elseif T.start == "b" then
    const v16 bias = load16(b);
% end
% transform(gather, N, function(r, s) return "load16(" .. plus("m", (r * N + s) * m_apart) .. ")" end, function(k, l, value)
%   if T.start == "norm" then value = "(" .. value .. ") * scale + shift" elseif T.start == "b" then value = value .. " + bias" end
%   if T.relu and not (P and P.maximum) then value = "relu16(" .. value .. ")" end
%   if P then
    ${P.maximum and (k % 2 == 0 and l % 2 == 0) and "v16" or "const v16"} a${k}_${l} = ${value};
%   else
    put16(${plus("y", k * T.y_row + l * T.oc)}, ${value});
%   end
% end)
% for i in range(P and side // 2 or 0) do for j in range(side // 2) do
%   local first, others = "a" .. 2 * i .. "_" .. 2 * j, {"a" .. 2 * i .. "_" .. 2 * j + 1, "a" .. 2 * i + 1 .. "_" .. 2 * j, "a" .. 2 * i + 1 .. "_" .. 2 * j + 1}
%   local y = plus("y", i * T.y_row + j * T.oc)
%   if not P.maximum then
    put16(${y}, (${first} + ${table.concat(others, " + ")}) * ${number(0.25)});
%   else
%       if T.argmax then
%           local which = "which" .. i .. j
    m16 ${which} = {0};
%           for k, other in ipairs(others) do
    ${first} = larger16(${first}, ${other}, ${k}, &${which});
%           end
    mark16(${plus("argmax", i * (T.w // 2) * T.oc + j * T.oc)}, ${which}, ${lanes});
%       else
    ${first} = max16(max16(${first}, ${others[1]}), max16(${others[2]}, ${others[3]}));
%       end
    put16(${y}, ${T.relu and "relu16(" .. first .. ")" or first});
%   end
% end end
}

% local high, wide = (T.h + side - 1) // side, (T.w + side - 1) // side
% -- Row or column of a tile in steps of `step`; where tiles do not divide the size, the last one overlaps the one before it.
% local function place(size, step, index) return size % step == 0 and mul(step, index) or index .. " < " .. size // step .. " ? " .. mul(step, index) .. " : " .. size - step end
/* Winograd's F(${side}x${side}, 3x3) for all ${high}x${wide} tiles: pieces of x are spread into u, multiplied into m, gathered into y. */
${wrap("static void " .. T.fn .. "_convolve", {"const real *restrict x", "const real *restrict kernel", T.start ~= "zero" and "const real *restrict " .. T.start or false, "real *restrict y", T.argmax and "unsigned char *restrict argmax" or false, "real *restrict work"})}
{
    real *const u = work, *const m = work + ${N * N * u_apart};
% local pooled = P and 2 or 1
% local function corner(shrink)
            const int tile = first + t;
            const int i = ${place(T.h // shrink, side // shrink, "(tile / " .. wide .. ")")}, j = ${place(T.w // shrink, side // shrink, "(tile % " .. wide .. ")")};
% end
% for first in each_block("first", W.count, W.block) do
    {
%   if first == 0 then
        const int first = 0;
%   end
        for (int t = 0; t < ${W.block}; t++) {
% corner(1)
            for (int c = 0; c < ${T.ic}; c += ${lanes}) {
                ${T.fn}_spread(x + ${add("i*" .. T.row, "j*" .. T.ic, "c", T.origin or 0)}, u + t*${T.ic} + c);
            }
        }
        ${T.fn}_multiply(u, kernel, m);
        for (int t = 0; t < ${W.block}; t++) {
% corner(pooled)
            for (int o = 0; o < ${T.oc}; o += ${lanes}) {
                ${T.fn}_gather(m + t*${T.oc} + o, ${T.start ~= "zero" and T.start .. " + o, " or ""}y + i*${T.y_row} + j*${T.oc} + o${T.argmax and ", argmax + " .. add(mul("i", T.w // 2 * T.oc), mul("j", T.oc), "o") or ""});
            }
        }
    }
% end
}

