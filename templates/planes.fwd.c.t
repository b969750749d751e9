% -- The caller's planes, one for each channel, become pixels.
% local area = L.x.h * L.x.w
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% for i in each("i", L.x.h) do for j in each("j", L.x.w) do for c in each("c", L.x.c) do
    ${at(L.y, "y", i, j, c)} = x[${add(mul(c, area), mul(i, L.x.w), j)}];
% end end end
}
