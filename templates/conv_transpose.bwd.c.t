% -- Transposed convolution backward. dx is a convolution of dy with the kernel as it lies; dw sums over the input image, its lanes are input
% -- channels, the pixels of its tiles taps. Where the output was cut off, dy first gets a border of zeros.
% local ic, oc = L.x.c, L.filters
% local K, S, D, P = L.kernel, L.stride, L.dilation, L.padding
% local auto = M.unroll == "auto"
% local activation = L.activation.name ~= "linear" and not L.skip_gradient
% local bordered = P.top + P.bottom + P.left + P.right > 0
% local copied = L.trainable and L.tiles.copies_input
% local arguments = {}
% if L.trainable then arguments[#arguments + 1] = "x" end
% if activation then arguments[#arguments + 1] = "y_in" end
% arguments[#arguments + 1] = "dy"
% if bordered or copied then arguments[#arguments + 1] = "work" end
% if L.wants_dx then
%   arguments[#arguments + 1] = "w"
%   arguments[#arguments + 1] = "dx"
% end
% if L.trainable then
%   arguments[#arguments + 1] = "dw"
%   if L.bias then arguments[#arguments + 1] = "db" end
% end
% -- The gradient that is read, the input that was not padded, and where it starts.
% local G = bordered and {h = L.y.h + P.top + P.bottom, row = (L.y.w + P.left + P.right) * oc, pixel = oc, origin = 0} or L.y
% local g = bordered and "bordered" or "dy"
% local h, w = L.input.h, L.input.w
% local X = {row = L.x.row, pixel = ic, origin = L.x.origin + L.tiles.top * L.x.row + L.tiles.left * ic}
% local tail = ic % L.tiles.dx_lanes ~= 0
% local _, lanes = use_lanes(auto and L.tiles.dx_lanes or 1)
% local plain = X.row == w * ic
% local copied_rows, copied_row = plain and 1 or h, plain and h * w * ic or w * ic
% if auto and L.trainable then
%   local loops = {{n = h, x = S.h * G.row, w = copied and w * ic or X.row}, {n = w, x = S.w * oc, w = ic}}
%   for _, variant in ipairs(L.tiles.dw) do for _, run in ipairs(variant.runs) do
%       local x, out = {}, {}
%       for p in range(run.p) do x[#x + 1] = p; out[#out + 1] = {y = p * ic, accumulators = {p}} end
%       tile {fn = L.fn .. "_dw_" .. width(variant.v, L.tiles.dx_lanes) .. "x" .. run.p, lanes = L.tiles.dx_lanes, v = variant.v, x = x, outputs = out, loops = loops, start = "y", tail = tail, comment = "Gradient of " .. run.p .. " taps x " .. wide(variant.v, L.tiles.dx_lanes, "input channels") .. ", summed over the image."}
%   end end
% end
% local dx_tail = tail and not M.portable
% if auto and L.wants_dx then
%   local loops = {{n = K.h, x = D.h * G.row, w = K.w * oc * ic}}
%   if D.w == 1 then
%       loops[2] = {n = K.w * oc, x = 1, w = ic}
%   else
%       loops[2] = {n = K.w, x = D.w * oc, w = oc * ic}
%       loops[3] = {n = oc, x = 1, w = ic}
%   end
%   for _, variant in ipairs(L.tiles.dx) do for _, run in ipairs(variant.runs) do
%       local x, out = {}, {}
%       for p in range(run.p) do x[#x + 1] = p * S.w * oc; out[#out + 1] = {y = p * ic, accumulators = {p}} end
%       tile {fn = L.fn .. "_dx_" .. width(variant.v, L.tiles.dx_lanes) .. "x" .. run.p, lanes = L.tiles.dx_lanes, v = variant.v, x = x, outputs = out, loops = loops, start = "zero", tail = dx_tail, comment = "Gradient of " .. run.p .. " input pixel" .. (run.p > 1 and "s" or "") .. " x " .. wide(variant.v, L.tiles.dx_lanes, "channels") .. "."}
%   end end
% end
${signature("backward", arguments)}
{
% if bordered then
    real *const bordered = work; /* dy in zeros */
% end
% if copied then
    real *const copied = ${plus("work", bordered and G.h * G.row or 0)}; /* x, behind which vectors may read */
%   for i in each("i", copied_rows) do
    memcpy(${plus("copied", mul(i, copied_row))}, ${plus("x", add(mul(i, X.row), X.origin))}, ${copied_row} * sizeof(real));
%   end
% end
% if activation then include("activate_gradient.c.t") end
% if L.trainable and L.bias then include("bias_gradient.c.t") end
% if bordered then
    memset(bordered, 0, ${G.h * G.row} * sizeof(real));
%   for i in each("i", L.y.h) do
    memcpy(${plus("bordered", add(mul(i, G.row), P.top * G.row + P.left * oc))}, ${plus("dy", add(mul(i, L.y.row), L.y.origin))}, ${L.y.w * oc} * sizeof(real));
%   end
% end
% if not auto then
%   local function weight(ki, kj, o, c) return add(mul(add(mul(add(mul(ki, K.w), kj), oc), o), ic), c) end
%   local function reached(i, j, ki, kj, o) return at(G, g, add(mul(i, S.h), mul(ki, D.h)), add(mul(j, S.w), mul(kj, D.w)), o) end
%   if L.trainable then
%       for ki in each("ki", K.h) do for kj in each("kj", K.w) do for o in each("o", oc) do for c in each("c", ic) do
    {
        real a = 0;
%           for i in each("i", h) do for j in each("j", w) do
        a += ${at(X, "x", i, j, c)} * ${reached(i, j, ki, kj, o)};
%           end end
        dw[${weight(ki, kj, o, c)}] += a;
    }
%       end end end end
%   end
%   if L.wants_dx then
%       for i in each("i", h) do for j in each("j", w) do for c in each("c", ic) do
    {
        real a = 0;
%           for ki in each("ki", K.h) do for kj in each("kj", K.w) do for o in each("o", oc) do
        a += ${reached(i, j, ki, kj, o)} * w[${weight(ki, kj, o, c)}];
%           end end end
        ${at(X, "dx", i, j, c)} = a;
    }
%       end end end
%   end
% else
%   if L.trainable then
    {
%       for variant, c, rest in channel_tiles("c", ic, L.tiles.dw, lanes) do
%           for ki in each("ki", K.h) do for kj in each("kj", D.w == 1 and 1 or K.w) do for _, run in ipairs(variant.runs) do for t in each("t", run.count) do
%               local tap = add(mul(t, run.p), run.start)
            ${L.fn}_dw_${width(variant.v, L.tiles.dx_lanes)}x${run.p}(${plus(g, add(mul(ki, D.h * G.row), mul(kj, D.w * oc), tap, G.origin))}, ${copied and plus("copied", c) or plus("x", add(c, X.origin))}, ${plus("dw", add(mul(add(mul(add(mul(ki, K.w), kj), oc), tap), ic), c))}${tail and ", " .. rest or ""});
%           end end end end
%       end
    }
%   end
%   if L.wants_dx then
    {
%       for variant, c, rest in channel_tiles("c", ic, L.tiles.dx, lanes) do
%           for i in each("i", h) do for _, run in ipairs(variant.runs) do for j in each("j", run.count) do
%               local column = add(mul(j, run.p), run.start)
            ${L.fn}_dx_${width(variant.v, L.tiles.dx_lanes)}x${run.p}(${plus(g, add(mul(i, S.h * G.row), mul(column, S.w * oc), G.origin))}, ${plus("w", c)}, ${plus("dx", add(mul(i, X.row), mul(column, ic), X.origin, c))}${dx_tail and ", " .. rest or ""});
%           end end end
%       end
    }
%   end
% end
}
