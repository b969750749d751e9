% -- Depthwise convolution forward: lanes are outputs, each with a kernel of its own. P pixels of a row share the loads of x.
% -- Groups that read more than one channel, or write more than one, have their input spread out: every pixel as I planes of C values, plane c
% -- with channel c of the group that each output reads.
% local K, S, D, C, I = L.kernel, L.stride, L.dilation, L.filters, L.x.c // L.groups
% local spread = L.forward_pass.work and L.tiles.spread
% local X = I * C
% local row, origin = spread and spread.columns * X or L.x.row, spread and 0 or L.x.origin
% local N = C < 8 and 4 or C < 16 and 8 or 16
% local vec, lanes = use_lanes(N)
% local start = L.norm and "norm" or L.bias and "b" or "zero"
% local relu = L.activation.name == "relu"
% local function load(base, offset) return vector_load(N, base, offset) end
% local function columns(P)
% -- From a column of x to the pixels and taps that read it.
%   local list, seen = {}, {}
%   for p in range(P) do for kj in range(K.w) do
%       local c = p * S.w + kj * D.w
%       if not seen[c] then
%           seen[c] = {column = c}
%           list[#list + 1] = seen[c]
%       end
%       table.insert(seen[c], {p = p, kj = kj})
%   end end
%   table.sort(list, function(a, b) return a.column < b.column end)
%   return list
% end
% local P = math.min(6, L.y.w)
/* A vector of channels x ${P} pixels. */
${wrap("static inline void " .. L.fn .. "_" .. P, {"const real *restrict x", "const real *restrict w", start ~= "zero" and "const real *restrict " .. start or false, "real *restrict y"})}
{
% for p in range(P) do
    ${vec} a${p} = ${start == "b" and load("b", 0) or vector_zero(N)};
% end
% local xs, ws = "x", "w"
% if K.h > 1 then
    for (int ki = 0; ki < ${K.h}; ki++) {
        const real *xi = x + ${mul("ki", D.h * row)}, *wi = w + ${mul("ki", K.w * X)};
%   xs, ws = "xi", "wi"
% end
% if I > 1 then
    for (int c = 0; c < ${X}; c += ${C}) {
%   xs, ws = xs .. " + c", ws .. " + c"
% end
% for kj in range(K.w) do
        const ${vec} k${kj} = ${load(ws, kj * X)};
% end
% for _, column in ipairs(columns(P)) do
        {
            const ${vec} v = ${load(xs, column.column * X)};
%   for _, use_of in ipairs(column) do
            a${use_of.p} += v * k${use_of.kj};
%   end
        }
% end
% for _ in range((K.h > 1 and 1 or 0) + (I > 1 and 1 or 0)) do
    }
% end
% if L.norm then
    const ${vec} scale = ${load("norm", 0)}, shift = ${load("norm", C)};
%   for p in range(P) do
    a${p} = a${p} * scale + shift;
%   end
% end
% for p in range(P) do
    ${vector_store(N, "y", p * C, relu and vector_relu(N, "a" .. p) or "a" .. p)};
% end
}

% local arguments = {"x", "w"}
% if start ~= "zero" then arguments[#arguments + 1] = start end
% arguments[#arguments + 1] = "y"
% if spread then arguments[#arguments + 1] = "work" end
${signature("forward", arguments)}
{
% include("halo.c.t")
% if spread then include("spread.c.t") end
% for o in each_vector("o", C, N, lanes) do
% for i in each("i", L.y.h) do
        const real *xi = ${plus(spread and "work + o" or "x + o", add(mul(i, S.h * row), origin))};
        real *yi = ${plus("y + o", add(mul(i, L.y.row), L.y.origin))};
%   local function call(j)
            ${wrap(L.fn .. "_" .. P, {plus("xi", mul(j, S.w * X)), "w + o", start ~= "zero" and start .. " + o" or false, plus("yi", mul(j, C))})};
%   end
%   if L.y.w == P then
%       call(0)
%   elseif L.y.w % P == 0 then
        for (int j = 0; j < ${L.y.w}; j += ${P}) {
%       call("j")
        }
%   else
        for (int k = 0; k < ${L.y.w}; k += ${P}) {
            const int j = k + ${P} <= ${L.y.w} ? k : ${L.y.w - P};
%       call("j")
        }
%   end
% end
% end
% if not relu and L.activation.name ~= "linear" then include("activate.c.t") end
}
