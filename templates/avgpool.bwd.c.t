% -- Each cell of a window gets its share of the gradient.
% local function pixel(W, ki, kj, c) return add(mul(add(mul(W.i, L.stride.h), ki, -L.padding.top), L.x.row), mul(add(mul(W.j, L.stride.w), kj, -L.padding.left), L.x.c), c, L.x.origin) end
${signature("backward", {"dy", "dx"})}
{
    memset(dx, 0, ${L.x.buffer} * sizeof(real));
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do
%   local W = {i = i, j = j}
    {
%   include("window.c.t", {W = W})
%   include("window_scale.c.t", {W = W})
%   for ki in each("ki", W.ki0, W.ki1) do for kj in each("kj", W.kj0, W.kj1) do for c in each("c", L.y.c) do
        dx[${pixel(W, ki, kj, c)}] += ${at(L.y, "dy", i, j, c)} * ${W.scale};
%   end end end
    }
% end end
}
