% -- A norm by itself: every value by the scale of its channel, plus its shift.
% local C = L.y.c
${signature("forward", L.in_place and {"norm", "y"} or {"x", "norm", "y"})}
{
% include("halo.c.t")
% local plain = L.activation.name == "linear" or L.activation.name == "softmax"
% local relu = L.activation.name == "relu"
% for i in each("i", L.y.h) do for j in each("j", L.y.w) do
%   if M.unroll == "full" then
%       for c in each("c", C) do
    {
        const real v = ${L.in_place and at(L.y, "y", i, j, c) or at(L.x, "x", i, j, c)} * norm[${c}] + norm[${add(c, C)}];
        ${at(L.y, "y", i, j, c)} = ${plain and "v" or activate("v")};
    }
%       end
%   else
    {
        real *v = ${plus("y", add(mul(i, L.y.row), mul(j, L.y.c), L.y.origin))};
%       local a = "v"
%       if not L.in_place then
%           a = "a"
        const real *a = ${plus("x", add(mul(i, L.x.row), mul(j, L.x.c), L.x.origin))};
%       end
%       local n = C < 8 and 4 or C < 16 and 8 or 16
%       if (plain or relu) and M.unroll == "auto" and not M.portable and C >= 4 then
%           local lanes = select(2, use_lanes(n))
%           local value = ("load%d(%s + c) * load%d(norm + c) + load%d(norm + %d + c)"):format(n, a, n, n, C)
        int c = 0;
        for (; c + ${lanes} <= ${C}; c += ${lanes}) {
            put${n}(v + c, ${relu and "relu" .. n .. "(" .. value .. ")" or value});
        }
        for (; c < ${C}; c++) {
%       else
        for (int c = 0; c < ${C}; c++) {
%       end
            const real s = ${a}[c] * norm[c] + norm[${C} + c];
            v[c] = ${plain and "s" or activate("s")};
        }
    }
%   end
% end end
% include("softmax.c.t")
}
