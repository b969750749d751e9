% -- Linear interpolation, down the rows first: a row of the input's width between two rows, then what lies between its pixels.
% local f, c, w = L.factor.w, L.y.c, L.x.w
% local half = f // 2
/* A row of the output: every pixel to the next in ${f} step${f > 1 and "s" or ""}. */
static inline void ${L.fn}_columns(const real *restrict x, real *restrict y)
{
% local function copies(from, to, pixel)
%   for j in each("j", from, to) do for o in each("o", c) do
    y[${add(mul(j, c), o)}] = x[${add(pixel * c, o)}];
%   end end
% end
% copies(0, half, 0)
% for j in each("j", w - 1) do for k in range(f) do for o in each("o", c) do
%   local u = (2 * (half + k) + 1 - f) / (2 * f)
%   local here, place = "x[" .. add(mul(j, c), o) .. "]", "y[" .. add(mul(j, f * c), (half + k) * c, o) .. "]"
%   if u == 0 then
    ${place} = ${here};
%   else
    ${place} = ${number(1 - u)} * ${here} + ${number(u)} * x[${add(mul(j, c), c, o)}];
%   end
% end end end
% copies(half + (w - 1) * f, w * f, w - 1)
}

${signature("forward", L.forward_pass.work and {"x", "y", "work"} or {"x", "y"})}
{
% include("halo.c.t")
% local function write(r, i, t)
    {
        const real *row = ${plus("x", add(mul(i, L.x.row), L.x.origin))};
%   if t > 0 then
%       for k in each("k", w * c) do
        work[${k}] = ${number(1 - t)} * row[${k}] + ${number(t)} * row[${add(k, L.x.row)}];
%       end
%   end
        ${L.fn}_columns(${t > 0 and "work" or "row"}, ${plus("y", add(mul(r, L.y.row), L.y.origin))});
    }
% end
% include("upsample_rows.c.t", {U = {write = write}})
}
