% -- The mean of each window; padded cells count only with count_padding.
% local padded = L.padding.top + L.padding.bottom + L.padding.left + L.padding.right > 0
% local function pixel(W, ki, kj, c) return add(mul(add(mul(W.i, L.stride.h), ki, -L.padding.top), L.x.row), mul(add(mul(W.j, L.stride.w), kj, -L.padding.left), L.x.c), c, L.x.origin) end
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do
%   local W = {i = i, j = j}
    {
%   include("window.c.t", {W = W})
%   include("window_scale.c.t", {W = W})
%   for c in each("c", L.y.c) do
        {
            real sum = 0;
%       for ki in each("ki", W.ki0, W.ki1) do for kj in each("kj", W.kj0, W.kj1) do
            sum += x[${pixel(W, ki, kj, c)}];
%       end end
            ${at(L.y, "y", i, j, c)} = sum * ${W.scale};
        }
%   end
    }
% end end
}
