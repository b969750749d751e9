% -- Convolution backward. dw: the taps are the pixels of a tile and the sum runs over the image. dx: every output pixel is scattered
% -- over its window, lanes are input channels, from a kernel with its channels swapped.
% local ic, oc = L.x.c // L.groups, L.filters // L.groups
% local K, S, D = L.kernel, L.stride, L.dilation
% local auto = M.unroll == "auto"
% local activation = L.activation.name ~= "linear" and not L.skip_gradient
% local arguments = {}
% if L.trainable then arguments[#arguments + 1] = "x" end
% if activation then arguments[#arguments + 1] = "y_in" end
% arguments[#arguments + 1] = "dy"
% if L.argmax then arguments[#arguments + 1] = "argmax_in"; arguments[#arguments + 1] = "work" end
% -- The gradient of the convolution's own results: dy, or with a pool behind it, dy back in the places that won.
% local G, g = L.argmax and L.conv or L.y, L.argmax and "work" or "dy"
% if L.wants_dx then
%   arguments[#arguments + 1] = auto and "prepared" or "w"
%   arguments[#arguments + 1] = "dx"
% end
% if L.trainable then
%   arguments[#arguments + 1] = "dw"
%   if L.bias then arguments[#arguments + 1] = "db" end
% end
% local dx_winograd = L.wants_dx and L.tiles.winograd_dx
% if dx_winograd and not L.argmax then arguments[#arguments + 1] = "work" end
% local tail = oc % L.tiles.lanes ~= 0
% local dx_tail = ic % L.tiles.dx_lanes ~= 0
% if auto and L.trainable then
%   local loops = {{n = G.h, x = S.h * L.x.row, w = G.row}, {n = G.w, x = S.w * L.x.c, w = G.c}}
%   for _, variant in ipairs(L.tiles.dw) do for _, run in ipairs(variant.runs) do
%       local x, out = {}, {}
%       for p in range(run.p) do x[#x + 1] = p; out[#out + 1] = {y = p * L.filters, accumulators = {p}} end
%       tile {fn = L.fn .. "_dw_" .. width(variant.v, L.tiles.lanes) .. "x" .. run.p, lanes = L.tiles.lanes, v = variant.v, x = x, outputs = out, loops = loops, start = "y", tail = tail, comment = "Gradient of " .. run.p .. " taps x " .. wide(variant.v, L.tiles.lanes, "filters") .. ", summed over the image."}
%   end end
% end
% local swapped = dx_winograd and dx_winograd.elements * dx_winograd.apart or 0
% if dx_winograd then
%   include("winograd.c.t", {T = {fn = L.fn .. "_dx", ic = oc, oc = ic, row = (L.x.w - L.padding.left - L.padding.right + 2) * oc, winograd = dx_winograd, start = "zero", y_row = L.x.row, h = L.x.h - L.padding.top - L.padding.bottom, w = L.x.w - L.padding.left - L.padding.right, taps = function(ki, kj) return (8 - ki * 3 - kj) * ic * oc end}})
% elseif auto and L.wants_dx then
%   for _, variant in ipairs(L.tiles.dx) do for _, run in ipairs(variant.runs) do
%       local x, out = {}, {}
%       for p in range(run.p) do x[#x + 1] = p * G.c; out[#out + 1] = {y = p * S.w * L.x.c, accumulators = {p}} end
%       tile {fn = L.fn .. "_dx_" .. width(variant.v, L.tiles.dx_lanes) .. "x" .. run.p, lanes = L.tiles.dx_lanes, v = variant.v, x = x, outputs = out, loops = {{n = oc, x = 1, w = ic}}, start = "y", tail = dx_tail, comment = "Adds what one tap sends to " .. run.p .. " input pixels x " .. wide(variant.v, L.tiles.dx_lanes, "channels") .. "."}
%   end end
% end
% if auto and L.wants_dx then
${signature("prepare", {"w", "prepare"})}
{
%   if dx_winograd then
    real *const swapped = prepared + ${swapped}; /* input and output channels */
%   end
    for (int k = 0; k < ${K.h * K.w}; k++) {
        for (int c = 0; c < ${ic}; c++) {
            for (int o = 0; o < ${L.filters}; o++) {
                ${swapped > 0 and "swapped" or "prepared"}[(k * ${L.filters} + o) * ${ic} + c] = w[(k * ${ic} + c) * ${L.filters} + o];
            }
        }
    }
%   if dx_winograd then
    for (int o = 0; o < ${oc}; o++) {
        for (int c = 0; c < ${ic}; c += ${select(2, use_lanes(16))}) {
            ${L.fn}_dx_spread_kernel(swapped + o*${ic} + c, prepared + o*${ic} + c);
        }
    }
%   end
}

% end
${signature("backward", arguments)}
{
% if activation then include("activate_gradient.c.t") end
% if L.trainable and L.bias then
%   include("bias_gradient.c.t")
% end
% if L.argmax then
    memset(work, 0, ${G.count} * sizeof(real));
    for (int i = 0; i < ${L.y.h}; i++) {
        for (int j = 0; j < ${L.y.w}; j++) {
            for (int o = 0; o < ${L.filters}; o++) {
                const int k = argmax[${add(mul("i", L.y.w * L.y.c), mul("j", L.y.c), "o")}];
                work[${add(mul(add(mul("i", L.pool.h), "k / " .. L.pool.w), G.row), mul(add(mul("j", L.pool.w), "k % " .. L.pool.w), G.c), "o")}] = ${at(L.y, "dy", "i", "j", "o")};
            }
        }
    }
% end
% if not auto then
%   local function weight(ki, kj, c, o) return add(mul(add(mul(add(mul(ki, K.w), kj), ic), c), L.filters), o) end
%   local function window(q, i, j, ki, kj, c) return add(mul(i, S.h), mul(ki, D.h)), add(mul(j, S.w), mul(kj, D.w)), add(mul(q, ic), c) end
%   if L.trainable then
%       for q in each("q", L.groups) do for ki in each("ki", K.h) do for kj in each("kj", K.w) do for c in each("c", ic) do for n in each("n", oc) do
    {
        real a = 0;
%           for i in each("i", G.h) do for j in each("j", G.w) do
        a += ${at(L.x, "x", window(q, i, j, ki, kj, c))} * ${at(G, g, i, j, add(mul(q, oc), n))};
%           end end
        dw[${weight(ki, kj, c, add(mul(q, oc), n))}] += a;
    }
%       end end end end end
%   end
%   if L.wants_dx then
    memset(dx, 0, ${L.x.buffer} * sizeof(real));
%       for i in each("i", G.h) do for j in each("j", G.w) do for q in each("q", L.groups) do for ki in each("ki", K.h) do for kj in each("kj", K.w) do for c in each("c", ic) do
    {
        real a = 0;
%           for n in each("n", oc) do
        a += ${at(G, g, i, j, add(mul(q, oc), n))} * w[${weight(ki, kj, c, add(mul(q, oc), n))}];
%           end
        ${at(L.x, "dx", window(q, i, j, ki, kj, c))} += a;
    }
%       end end end end end end
%   end
% else
%   local _, lanes = use_lanes(L.tiles.lanes)
%   local _, dx_lanes = use_lanes(L.tiles.dx_lanes)
%   if L.trainable then
%       for q in each("q", L.groups) do
    {
%           for variant, o, rest in channel_tiles("o", oc, L.tiles.dw, lanes) do
%               for ki in each("ki", K.h) do for kj in each("kj", L.merged and 1 or K.w) do for _, run in ipairs(variant.runs) do for t in each("t", run.count) do
%                   local tap = add(mul(t, run.p), run.start)
            ${L.fn}_dw_${width(variant.v, L.tiles.lanes)}x${run.p}(${plus("x", add(mul(ki, D.h * L.x.row), mul(kj, D.w * L.x.c), tap, mul(q, ic), L.x.origin))}, ${plus(g, add(o, mul(q, oc), G.origin))}, ${plus("dw", add(mul(add(mul(add(mul(ki, K.w), kj), ic), tap), L.filters), o, mul(q, oc)))}${tail and ", " .. rest or ""});
%               end end end end
%           end
    }
%       end
%   end
%   if dx_winograd then
%       local wide = (L.x.w - L.padding.left - L.padding.right + 2) * oc
%       local count = (L.x.h - L.padding.top - L.padding.bottom + 2) * wide
    {
        real *const bordered = ${plus("work", L.argmax and G.count or 0)}; /* ${g} in zeros */
%       local first = (2 - L.padding.top) * wide + (2 - L.padding.left) * oc
%       include("frame.c.t", {F = {name = "dx", origin = L.padding.top * L.x.row + L.padding.left * L.x.c + L.x.origin, row = L.x.row, inner = (L.x.w - L.padding.left - L.padding.right) * L.x.c, rows = L.x.h - L.padding.top - L.padding.bottom, count = L.x.buffer}})
%       include("frame.c.t", {F = {name = "bordered", origin = first, row = wide, inner = G.w * oc, rows = G.h, count = count}})
        for (int i = 0; i < ${G.h}; i++) {
            memcpy(${plus("bordered", add(mul("i", wide), first))}, ${plus(g, add(mul("i", G.row), G.origin))}, ${G.w * oc} * sizeof(real));
        }
        ${L.fn}_dx_convolve(bordered, prepared, ${plus("dx", L.padding.top * L.x.row + L.padding.left * L.x.c + L.x.origin)}, bordered + ${count});
    }
%   elseif L.wants_dx then
    memset(dx, 0, ${L.x.buffer} * sizeof(real));
%       for q in each("q", L.groups) do
    {
%           for variant, c, rest in channel_tiles("c", ic, L.tiles.dx, dx_lanes) do
%               for ki in each("ki", K.h) do for kj in each("kj", K.w) do for i in each("i", G.h) do for _, run in ipairs(variant.runs) do for t in each("t", run.count) do
%                   local column = add(mul(t, run.p), run.start)
            ${L.fn}_dx_${width(variant.v, L.tiles.dx_lanes)}x${run.p}(${plus(g, add(mul(i, G.row), mul(column, G.c), mul(q, oc), G.origin))}, ${plus("prepared", add(mul(add(mul(add(mul(ki, K.w), kj), L.filters), mul(q, oc)), ic), c))}, ${plus("dx", add(mul(i, S.h * L.x.row), mul(ki, D.h * L.x.row), mul(column, S.w * L.x.c), mul(kj, D.w * L.x.c), mul(q, ic), c, L.x.origin))}${dx_tail and ", " .. rest or ""});
%               end end end end end
%           end
    }
%       end
%   end
% end
}
