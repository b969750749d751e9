% -- Depthwise convolution backward. dw and db: sums over the image stay in registers, a row of taps at a time. dx: the columns that P pixels
% -- of dy reach are loaded once, and stored once.
% -- With groups of more than one channel, x is spread out as forward does, and dx comes spread out: the sum over the outputs of a group is
% -- what its channel gets.
% local K, S, D, C, I = L.kernel, L.stride, L.dilation, L.filters, L.x.c // L.groups
% local spread = L.backward_pass.work and L.tiles.spread
% local X, size = I * C, spread and spread.size
% local row, origin = spread and spread.columns * X or L.x.row, spread and 0 or L.x.origin
% local N = C < 8 and 4 or C < 16 and 8 or 16
% local vec, lanes = use_lanes(N)
% local tail = C % N ~= 0 and C .. " - o"
% local function load(base, offset) return vector_load(N, base, offset) end
% local activation = L.activation.name ~= "linear" and not L.skip_gradient
% local arguments = {}
% if L.trainable then arguments[#arguments + 1] = "x" end
% if activation then arguments[#arguments + 1] = "y_in" end
% arguments[#arguments + 1] = "dy"
% if L.wants_dx then arguments[#arguments + 1] = "w"; arguments[#arguments + 1] = "dx" end
% if L.trainable then
%   arguments[#arguments + 1] = "dw"
%   if L.bias then arguments[#arguments + 1] = "db" end
% end
% if spread then arguments[#arguments + 1] = "work" end
% local x_from = spread and "work" or "x"
% local dx_to = spread and (L.trainable and "work + " .. size or "work") or "dx"
% local P, rest = math.min(4, L.y.w), L.y.w % math.min(4, L.y.w)
% if L.wants_dx then for _, n in ipairs(rest > 0 and {P, rest} or {P}) do
/* What ${n} pixel${n > 1 and "s" or ""} of dy send${n > 1 and "" or "s"} back through one row of taps, a vector of channels. */
static inline void ${L.fn}_dx_${n}(const real *restrict dy, const real *restrict w, real *restrict dx${tail and ", int n" or ""})
{
%   for kj in range(K.w) do
    const ${vec} k${kj} = ${load("w", kj * X)};
%   end
%   for p in range(n) do
    const ${vec} g${p} = ${load("dy", p * C)};
%   end
%   local list, seen = {}, {}
%   for p in range(n) do for kj in range(K.w) do
%       local c = p * S.w + kj * D.w
%       if not seen[c] then seen[c] = {column = c}; list[#list + 1] = seen[c] end
%       table.insert(seen[c], "g" .. p .. " * k" .. kj)
%   end end
%   for _, column in ipairs(list) do
    ${vector_store(N, "dx", column.column * X, load("dx", column.column * X) .. " + " .. table.concat(column, " + "), tail and "n")};
%   end
}

% end end
${signature("backward", arguments)}
{
% include("activate_gradient.c.t")
% if spread and L.trainable then include("spread.c.t") end
% if L.wants_dx then
    memset(${dx_to}, 0, ${spread and size or L.x.buffer} * sizeof(real));
% end
    for (int o = 0; o < ${C}; o += ${lanes}) {
% if L.trainable and L.bias then
        {
            ${vec} sum = ${load("db", "o")};
%   for i in each("i", L.y.h) do for j in each("j", L.y.w) do
            sum += ${load("dy", add(mul(i, L.y.row), mul(j, C), "o", L.y.origin))};
%   end end
            ${vector_store(N, "db", "o", "sum", tail)};
        }
% end
% if L.trainable then
        for (int ki = 0; ki < ${K.h}; ki++) {
%   if I > 1 then
        for (int c = 0; c < ${X}; c += ${C}) {
%   end
            real *const dwi = dw + ki*${K.w * X}${I > 1 and " + c" or ""} + o;
%   for first = 0, K.w - 1, 8 do
%       local last = math.min(first + 8, K.w) - 1
            {
%       for kj = first, last do
                ${vec} a${kj} = ${load("dwi", kj * X)};
%       end
%       for i in each("i", L.y.h) do for j in each("j", L.y.w) do
                {
                    const ${vec} g = ${load("dy", add(mul(i, L.y.row), mul(j, C), "o", L.y.origin))};
                    const real *const xi = ${x_from} + ${add(mul(i, S.h * row), mul("ki", D.h * row), mul(j, S.w * X), I > 1 and "c" or 0, "o", origin)};
%           for kj = first, last do
                    a${kj} += g * ${load("xi", kj * D.w * X)};
%           end
                }
%       end end
%       for kj = first, last do
                ${vector_store(N, "dwi", kj * X, "a" .. kj, tail)};
%       end
            }
%   end
%   if I > 1 then
        }
%   end
        }
% end
% if L.wants_dx then
%   if I > 1 then
        for (int c = 0; c < ${X}; c += ${C}) {
%   end
%   for i in each("i", L.y.h) do
        for (int ki = 0; ki < ${K.h}; ki++) {
            const real *const gi = dy + ${add(mul(i, L.y.row), "o", L.y.origin)};
            real *const to = ${dx_to} + ${add(mul(i, S.h * row), mul("ki", D.h * row), I > 1 and "c" or 0, "o", origin)};
%       local more = tail and ", " .. tail or ""
%       for j in each("j", L.y.w // P) do
            ${L.fn}_dx_${P}(${plus("gi", mul(mul(j, P), C))}, w + ki*${K.w * X}${I > 1 and " + c" or ""} + o, ${plus("to", mul(mul(j, P), S.w * X))}${more});
%       end
%       if rest > 0 then
            ${L.fn}_dx_${rest}(gi + ${(L.y.w - rest) * C}, w + ki*${K.w * X}${I > 1 and " + c" or ""} + o, to + ${(L.y.w - rest) * S.w * X}${more});
%       end
        }
%   end
%   if I > 1 then
        }
%   end
% end
    }
% if spread and L.wants_dx then include("collect.c.t", {S = {from = dx_to}}) end
}
