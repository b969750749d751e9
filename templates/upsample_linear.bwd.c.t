% -- What linear interpolation read gets back its share, along a row first, then for the two rows it lies between.
% local f, c, w = L.factor.w, L.y.c, L.x.w
% local half = f // 2
/* Gradient of a row of the input's width. */
static inline void ${L.fn}_columns_gradient(const real *restrict dy, real *restrict dx)
{
    memset(dx, 0, ${w * c} * sizeof(real));
% local function copies(from, to, pixel)
%   for j in each("j", from, to) do for o in each("o", c) do
    dx[${add(pixel * c, o)}] += dy[${add(mul(j, c), o)}];
%   end end
% end
% copies(0, half, 0)
% for j in each("j", w - 1) do for k in range(f) do for o in each("o", c) do
%   local u = (2 * (half + k) + 1 - f) / (2 * f)
%   local here, from = "dx[" .. add(mul(j, c), o) .. "]", "dy[" .. add(mul(j, f * c), (half + k) * c, o) .. "]"
%   if u == 0 then
    ${here} += ${from};
%   else
    ${here} += ${number(1 - u)} * ${from};
    dx[${add(mul(j, c), c, o)}] += ${number(u)} * ${from};
%   end
% end end end
% copies(half + (w - 1) * f, w * f, w - 1)
}

${signature("backward", {"dy", "dx", "work"})}
{
    memset(dx, 0, ${L.x.buffer} * sizeof(real));
% local function write(r, i, t)
    {
        real *row = ${plus("dx", add(mul(i, L.x.row), L.x.origin))};
        ${L.fn}_columns_gradient(${plus("dy", add(mul(r, L.y.row), L.y.origin))}, work);
%   for k in each("k", w * c) do
%       if t > 0 then
        row[${k}] += ${number(1 - t)} * work[${k}];
        row[${add(k, L.x.row)}] += ${number(t)} * work[${k}];
%       else
        row[${k}] += work[${k}];
%       end
%   end
    }
% end
% include("upsample_rows.c.t", {U = {write = write}})
}
