% -- dx = dy where x > 0, else alpha*dy; dalpha += dy*x of the others, over all pixels.
% local C = L.y.c
% local N = channel_lanes(C)
% -- Blocks of channels keep their sum in registers. The last one reads beyond them, which the caller's memory does not allow.
% if L.x.home == "input" and C % N ~= 0 then N = 1 end
% local tail = C % N ~= 0 and C .. " - c" or nil
% local function at(base, view, i, j, c) return vector_load(N, base, add(mul(i, view.row), mul(j, C), c, view.origin)) end
% local arguments = {"x"}
% if L.wants_dx then arguments[#arguments + 1] = "alpha" end
% arguments[#arguments + 1] = "dy"
% if L.wants_dx then arguments[#arguments + 1] = "dx" end
% if L.trainable then arguments[#arguments + 1] = "dalpha" end
${signature("backward", arguments)}
{
% if N > 1 then
%   local vec, lanes = use_lanes(N)
    for (int c = 0; c < ${C}; c += ${lanes}) {
%   if L.wants_dx then
        const ${vec} slope = ${vector_load(N, "alpha", "c")};
%   end
%   if L.trainable then
        ${vec} sum = ${vector_load(N, "dalpha", "c")};
%   end
%   for i in each("i", L.y.h) do for j in each("j", L.y.w) do
        {
            const ${vec} v = ${at("x", L.x, i, j, "c")}, g = ${at("dy", L.y, i, j, "c")};
            const ${vec} above = pass${N}(v, g), below = g - above;
%       if L.trainable then
            sum += below * v;
%       end
%       if L.wants_dx then
            ${vector_store(N, "dx", add(mul(i, L.x.row), mul(j, C), "c", L.x.origin), "above + slope * below", tail)};
%       end
        }
%   end end
%   if L.trainable then
        ${vector_store(N, "dalpha", "c", "sum", tail)};
%   end
    }
% else
%   for i in each("i", L.y.h) do for j in each("j", L.y.w) do for c in each("c", C) do
    {
        const real v = ${at("x", L.x, i, j, c)}, g = ${at("dy", L.y, i, j, c)};
%       if L.wants_dx then
        dx[${add(mul(i, L.x.row), mul(j, C), c, L.x.origin)}] = v > 0 ? g : alpha[${c}] * g;
%       end
%       if L.trainable then
        dalpha[${c}] += v > 0 ? 0 : g * v;
%       end
    }
%   end end end
% end
}
