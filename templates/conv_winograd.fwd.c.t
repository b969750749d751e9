% -- Convolution by Winograd's F(2x2, 3x3): a 4x4 piece of the input gives 2x2 outputs with 16 multiplications instead of 36.
% -- Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015: y = A'[(G g G') * (B' d B)]A.
% local W, P = L.tiles.winograd, L.pool
% local relu = L.activation.name == "relu"
% local pass = L.activation.name ~= "linear" and not relu
% local ic, oc = L.x.c, L.filters
% local lanes = select(2, use_lanes(16))
% local arguments = {"x", "prepared"}
% if L.bias then arguments[#arguments + 1] = "b" end
% arguments[#arguments + 1] = "y"
% if L.argmax then arguments[#arguments + 1] = "argmax" end
% arguments[#arguments + 1] = "work"
% include("winograd.c.t", {T = {fn = L.fn, ic = ic, oc = oc, row = L.x.row, winograd = W}})
${signature("prepare_forward", {"w", "prepare"})}
{
    for (int c = 0; c < ${ic}; c++) {
        for (int o = 0; o < ${oc}; o += ${lanes}) {
            ${L.fn}_spread_kernel(w + c*${oc} + o, prepared + c*${oc} + o);
        }
    }
}

/* The sums of a tile become its 2x2 outputs${relu and ", relu" or ""}${P and ", the pool" or ""}. */
${wrap("static inline void " .. L.fn .. "_gather", {"const real *restrict m", L.bias and "const real *restrict b" or false, "real *restrict y", L.argmax and "unsigned char *restrict argmax" or false})}
{
% local function m(r, s) return "load16(" .. plus("m", (r * 4 + s) * W.block * oc) .. ")" end
% for s in range(4) do
    const v16 m1_${s} = ${m(1, s)}, m2_${s} = ${m(2, s)};
    const v16 s0_${s} = ${m(0, s)} + (m1_${s} + m2_${s}), s1_${s} = (m1_${s} - m2_${s}) - ${m(3, s)};
% end
% for r in range(2) do
    v16 a${r * 2} = s${r}_0 + s${r}_1 + s${r}_2${L.bias and " + load16(b)" or ""};
    v16 a${r * 2 + 1} = s${r}_1 - s${r}_2 - s${r}_3${L.bias and " + load16(b)" or ""};
% end
% if relu and not (P and P.maximum) then
%   for k in range(4) do
    a${k} = relu16(a${k});
%   end
% end
% if not P then
%   for k in range(4) do
    put16(${plus("y", (k // 2) * L.y.row + (k % 2) * L.y.c)}, a${k});
%   end
% elseif not P.maximum then
    put16(y, (a0 + a1 + a2 + a3) * ${number(0.25)});
% else
%   if L.argmax then
    m16 which = {0};
    a0 = larger16(a0, a1, 1, &which);
    a0 = larger16(a0, a2, 2, &which);
    a0 = larger16(a0, a3, 3, &which);
    mark16(argmax, which, ${lanes});
%   else
    a0 = max16(max16(a0, a1), max16(a2, a3));
%   end
    put16(y, ${relu and "relu16(a0)" or "a0"});
% end
}

${signature("forward", arguments)}
{
    real *const u = work, *const m = work + ${16 * W.block * ic};
% include("halo.c.t")
% local step = P and 1 or 2
% local high, wide = P and L.y.h or (L.y.h + 1) // 2, P and L.y.w or (L.y.w + 1) // 2
% -- Row and column of tile t, in tiles of 2x2 outputs; an odd size makes the last overlap the one before it.
% local function place(n, index) return n % 2 == 0 and mul(index, 2) or "(" .. index .. " < " .. n // 2 .. " ? 2*" .. index .. " : " .. n - 2 .. ")" end
% local rows, columns = P and 2 * L.y.h or L.y.h, P and 2 * L.y.w or L.y.w
    for (int block = 0; block < ${W.blocks}; block++) {
        const int first = ${high * wide}*block/${W.blocks}, n = ${high * wide}*(block + 1)/${W.blocks} - first;
        for (int t = 0; t < n; t++) {
            const int i = ${place(rows, "((first + t) / " .. wide .. ")")}, j = ${place(columns, "((first + t) % " .. wide .. ")")};
            for (int c = 0; c < ${ic}; c += ${lanes}) {
                ${L.fn}_spread(x + i*${L.x.row} + j*${L.x.c} + c, u + t*${ic} + c);
            }
        }
        ${L.fn}_multiply(u, prepared, m, n);
        for (int t = 0; t < n; t++) {
% if P then
            const int i = (first + t) / ${wide}, j = (first + t) % ${wide};
% else
            const int i = ${place(rows, "((first + t) / " .. wide .. ")")}, j = ${place(columns, "((first + t) % " .. wide .. ")")};
% end
            for (int o = 0; o < ${oc}; o += ${lanes}) {
                ${L.fn}_gather(m + t*${oc} + o, ${L.bias and "b + o, " or ""}y + ${add(mul("i", L.y.row), mul("j", L.y.c), "o", L.y.origin)}${L.argmax and ", argmax + " .. add(mul("i", L.y.w * L.y.c), mul("j", L.y.c), "o") or ""});
            }
        }
    }
% if pass then
%   include("activate.c.t")
% end
}
