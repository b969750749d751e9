% -- The mean of each window, for vectors of channels; padded cells count only with count_padding.
% local C = L.y.c
% local N = (M.unroll ~= "auto" or M.portable or C < 4) and 1 or C < 8 and 4 or C < 16 and 8 or 16
% local vec = use_lanes(N)
% local function pixel(W, ki, kj, c) return add(mul(add(mul(W.i, L.stride.h), ki, -L.padding.top), L.x.row), mul(add(mul(W.j, L.stride.w), kj, -L.padding.left), L.x.c), c, L.x.origin) end
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% local ordered = L.reversed and each_down or each
% for i in ordered("i", L.y.h) do for j in ordered("j", L.y.w) do
%   local W = {i = i, j = j}
    {
%   include("window.c.t", {W = W})
%   include("window_scale.c.t", {W = W})
%   include("channel_blocks.c.t", {B = {n = N, body = function(o)
            ${vec} sum = ${vector_zero(N)};
%       for ki in each("ki", W.ki0, W.ki1) do for kj in each("kj", W.kj0, W.kj1) do
            sum += ${vector_load(N, "x", pixel(W, ki, kj, o))};
%       end end
            ${vector_store(N, "y", add(mul(i, L.y.row), mul(j, C), o, L.y.origin), "sum * " .. W.scale)};
%   end}})
    }
% end end
}
