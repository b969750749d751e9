% -- y = activation(x + z) or (x * z) for `row.length` values from pixel (row.i, row.j) on; a scale has one z for every channel.
% local j = row.j or 0
% local function place(view, base) return plus(base, add(mul(row.i, view.row), mul(j, view.c), view.origin)) end
% local x_view, x_base = L.in_place and L.y or L.x, L.in_place and "y" or "x"
% local z = row.scale and plus("z", L.z.origin) or place(L.z, "z")
% local plain = L.activation.name == "linear" or L.activation.name == "softmax"
% local function result(v) return plain and v or activate("(" .. v .. ")") end
% if M.unroll == "full" then
%   for k in each("k", row.length) do
    {
        const real v = ${at(x_view, x_base, row.i, j, k)} ${row.operator} ${row.scale and "z[" .. add(k, L.z.origin) .. "]" or at(L.z, "z", row.i, j, k)};
        ${at(L.y, "y", row.i, j, k)} = ${result("v")};
    }
%   end
% else
    {
%   if not L.in_place then
        const real *a = ${place(L.x, "x")};
%   end
        const real *b = ${z};
        real *v = ${place(L.y, "y")};
%   local a = L.in_place and "v" or "a"
%   local n = row.length < 8 and 4 or row.length < 16 and 8 or 16
%   if (plain or L.activation.name == "relu") and M.unroll == "auto" and not M.portable and row.length >= 4 then
%       local lanes = select(2, use_lanes(n))
%       local sum = ("load%d(%s + k) %s load%d(b + k)"):format(n, a, row.operator, n)
        int k = 0;
        for (; k + ${lanes} <= ${row.length}; k += ${lanes}) {
            put${n}(v + k, ${plain and sum or "relu" .. n .. "(" .. sum .. ")"});
        }
        for (; k < ${row.length}; k++) {
%   else
        for (int k = 0; k < ${row.length}; k++) {
%   end
            const real s = ${a}[k] ${row.operator} b[k];
            v[k] = ${result("s")};
        }
    }
% end
