% -- The sum over what a pixel was repeated to.
% local F, c = L.factor, L.y.c
${signature("backward", {"dy", "dx"})}
{
% for i in each("i", L.x.h) do
    {
        const real *dyi = ${plus("dy", add(mul(i, F.h * L.y.row), L.y.origin))};
        real *dxi = ${plus("dx", add(mul(i, L.x.row), L.x.origin))};
        memset(dxi, 0, ${L.x.w * c} * sizeof(real));
%   for q in each("q", F.h) do for j in each("j", L.x.w) do for k in each("k", F.w) do for o in each("o", c) do
        dxi[${add(mul(j, c), o)}] += dyi[${add(mul(q, L.y.row), mul(j, F.w * c), mul(k, c), o)}];
%   end end end end
    }
% end
}
