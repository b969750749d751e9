% -- Every pixel repeated along its row, then the row.
% local F, c = L.factor, L.y.c
${signature("forward", {"x", "y"})}
{
% include("halo.c.t")
% for i in each("i", L.x.h) do
    {
        const real *xi = ${plus("x", add(mul(i, L.x.row), L.x.origin))};
        real *yi = ${plus("y", add(mul(i, F.h * L.y.row), L.y.origin))};
%   for j in each("j", L.x.w) do for k in each("k", F.w) do for o in each("o", c) do
        yi[${add(mul(j, F.w * c), mul(k, c), o)}] = xi[${add(mul(j, c), o)}];
%   end end end
%   for k in each("k", 1, F.h) do
        memcpy(${plus("yi", mul(k, L.y.row))}, yi, ${L.y.w * c} * sizeof(real));
%   end
    }
% end
}
